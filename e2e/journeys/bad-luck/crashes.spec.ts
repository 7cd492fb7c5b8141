import { expect, test } from "../../support/journey";
import { stack } from "../../support/stack";

/** After a crash of a CLI server a turn ends or goes on within this time: the product's own promise. */
const SETTLED_MS = 10_000;
/** The app needs this long to start on a busy machine, and the page to notice. */
const APP_BACK_MS = 40_000;

test("a CLI server that was killed before a prompt: the turn waits for the next one", async ({
  browsers,
  unique,
}) => {
  const chat = await browsers.openAs("mona");
  await stack.killCli();
  await chat.send(`count tokens=20 rate=0 ${unique}`);
  await chat.endsAs("succeeded", SETTLED_MS);
  await chat.hasWholeCount(20);
});

test("a CLI server that is killed in mid-answer: the answer comes whole, by itself", async ({
  browsers,
  unique,
}) => {
  const chat = await browsers.openAs("mona");
  await chat.send(`count tokens=120 rate=40 ${unique}`);
  await chat.hasCountedTo(5);
  await stack.killCli();
  await chat.endsAs("succeeded", SETTLED_MS + 4_000);
  await chat.hasWholeCount(120);
  await expect(chat.lastTurn.getByRole("paragraph").filter({ hasText: /^1 2 3/ })).toHaveCount(1);
  await chat.page.reload();
  await chat.hasWholeCount(120);
});

test("a CLI server that is killed between two prompts: the session goes on", async ({ browsers, unique }) => {
  const chat = await browsers.openAs("mona");
  await chat.send(`short ${unique}`);
  await chat.endsAs("succeeded");
  await stack.killCli();
  await chat.send("count tokens=20 rate=0");
  await expect(chat.turns).toHaveCount(2);
  await chat.endsAs("succeeded", SETTLED_MS);
  await chat.hasWholeCount(20);
});

test("Postgres that restarts in mid-answer loses nothing", async ({ browsers, noise, unique }) => {
  noise.allow(/50[03].*\/api\/trpc\//, /ERR_INCOMPLETE_CHUNKED_ENCODING/);
  const chat = await browsers.openAs("mona");
  await chat.send(`count tokens=160 rate=40 ${unique}`);
  await chat.hasCountedTo(5);
  await stack.restartPostgres();
  await chat.endsAs("succeeded", 30_000);
  await chat.hasWholeCount(160);
  await chat.page.reload();
  await chat.hasWholeCount(160);
});

test("an app that is killed in mid-answer and started again: the page reconnects by itself, the answer comes whole", async ({
  browsers,
  noise,
  unique,
}) => {
  noise.allow(
    /ERR_CONNECTION_REFUSED/,
    /ERR_INCOMPLETE_CHUNKED_ENCODING/,
    /ERR_CONNECTION_RESET/,
    /ERR_EMPTY_RESPONSE/,
  );
  const chat = await browsers.openAs("mona");
  await chat.send(`count tokens=200 rate=40 ${unique}`);
  await chat.hasCountedTo(5);
  await stack.killApp();
  await expect(chat.page.getByText("Reconnecting…")).toBeVisible();
  const draft = `written while it was away ${unique}`;
  await chat.prompt.fill(draft);
  await stack.restartApp();

  await chat.endsAs("succeeded", APP_BACK_MS);
  await expect(chat.page.getByText("Reconnecting…")).toHaveCount(0);
  await chat.hasWholeCount(200);
  await expect(chat.prompt).toHaveValue(draft);
});

test("a prompt sent while the app is away arrives once, after it is back", async ({
  browsers,
  noise,
  unique,
}) => {
  noise.allow(
    /ERR_CONNECTION_REFUSED/,
    /ERR_INCOMPLETE_CHUNKED_ENCODING/,
    /ERR_CONNECTION_RESET/,
    /ERR_EMPTY_RESPONSE/,
  );
  const chat = await browsers.openAs("mona");
  await chat.send(`short ${unique}`);
  await chat.endsAs("succeeded");
  await stack.killApp();
  await chat.send(`count tokens=8 ${unique}`);
  await expect(chat.page.getByRole("alert").filter({ hasText: "Not sent." })).toBeVisible();
  await stack.restartApp();
  await chat.page.getByRole("button", { name: "Try again" }).click();
  await chat.endsAs("succeeded", APP_BACK_MS);
  await chat.hasWholeCount(8);
  await expect(chat.turns).toHaveCount(2);
});
