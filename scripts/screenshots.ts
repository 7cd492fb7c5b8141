// Run to take the pictures of the README again: `npm run screenshots`. Builds the app where needed, starts everything
// on free ports with fresh data, and writes docs/images/*.png.
import { chmod, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type BrowserContextOptions, chromium } from "@playwright/test";
import { openChat } from "@/e2e/support/chat";
import { createProgram, signInByHttp } from "@/e2e/support/program";
import { findBrowser } from "./lib/browser";
import { buildApp } from "./lib/build";
import { onShutdown, sayStopping } from "./lib/shutdown";
import { type Stack, startStack } from "./lib/stack";
import { note, step } from "./lib/steps";

const IMAGES = path.join("docs", "images");
/** The README is read on phones too. */
const BYTES_MAX = 200_000;
const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const PICTURES: { name: string; options: BrowserContextOptions }[] = [
  { name: "conversation-light", options: { ...DESKTOP, colorScheme: "light" } },
  { name: "conversation-dark", options: { ...DESKTOP, colorScheme: "dark" } },
  { name: "conversation-phone", options: { ...PHONE, colorScheme: "light" } },
];
const TITLES = ["Migrate the job queue to Postgres", "Why is the login test flaky?", "Review: rate limiter"];
const TITLE = "Debounce, in TypeScript and in Python";
const PROMPT = "How do I debounce a function? Show the code in TypeScript and in Python.";

/** Sessions as a working week leaves them behind, and one finished conversation; answers with its address. */
async function prepareSessions(stack: Stack): Promise<string> {
  const program = createProgram(stack.appUrl, await signInByHttp(stack.appUrl, "mona"));
  for (const title of TITLES) await program.sessions.create.mutate({ title });
  const { id: sessionId } = await program.sessions.create.mutate({ title: TITLE });
  const idempotencyKey = "screenshot";
  await program.turns.send.mutate({ sessionId, prompt: PROMPT, idempotencyKey });
  return `${stack.appUrl}/s/${sessionId}`;
}

async function takePictures(stack: Stack, address: string): Promise<void> {
  const jar = await signInByHttp(stack.appUrl, "mona");
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  try {
    for (const { name, options } of PICTURES) {
      const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
      await context.addCookies(jar.entries().map((cookie) => ({ ...cookie, url: stack.appUrl })));
      const chat = openChat(await context.newPage());
      await chat.page.goto(address);
      await chat.endsAs("succeeded");
      // From the prompt on, and coloured.
      await chat.conversation.evaluate((element) => element.scrollTo(0, 0));
      await chat.lastTurn.locator("pre code span").first().waitFor();
      const file = path.join(IMAGES, `${name}.png`);
      await chat.page.screenshot({ path: file, animations: "disabled", caret: "hide" });
      await context.close();
      const { size } = await stat(file);
      note(`${file}: ${Math.round(size / 1000)} kB`);
      if (size > BYTES_MAX) throw new Error(`${file} is larger than ${BYTES_MAX / 1000} kB.`);
    }
  } finally {
    await browser.close();
  }
}

const dataDir = await mkdtemp(path.join(tmpdir(), "flightdeck-screenshots-"));
// As root, Postgres runs as another user that has to get in here.
await chmod(dataDir, 0o711);
let stack: Stack | undefined;
const tidyUp = async () => {
  await stack?.stop();
  await rm(dataDir, { recursive: true, force: true });
};
onShutdown(async (reason) => {
  sayStopping(reason);
  await tidyUp();
});
try {
  await step(
    "Building the app",
    () => buildApp(process.cwd()),
    ({ built }) => (built ? "" : "up to date"),
  );
  await mkdir(IMAGES, { recursive: true });
  stack = await startStack({ dataDir, step });
  await takePictures(stack, await prepareSessions(stack));
} finally {
  await tidyUp();
}
process.exit(0);
