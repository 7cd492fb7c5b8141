import {
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  expect,
  type Page,
} from "@playwright/test";
import { type Chat, openChat } from "./chat";
import { collectNoise, type Noise } from "./noise";
import { signInByHttp } from "./program";
import { stack } from "./stack";
import { type StandIn, standInAt } from "./stand-ins";

export type Login = "mona" | "hubot" | "octocat";

export type Browsers = {
  /** A browser in which nobody is signed in. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** An empty page of a browser of its own in which `login` is signed in. */
  signIn(login: Login, options?: BrowserContextOptions): Promise<Page>;
  /** The same, on the page `path`. */
  openAs(login: Login, path?: string, options?: BrowserContextOptions): Promise<Chat>;
};

type Journey = {
  noise: Noise;
  browsers: Browsers;
  /** The stand-in for GitHub with an empty log; its faults are taken away after the journey. */
  github: StandIn;
  /** A text that no other journey has in its titles and prompts. */
  unique: string;
};

let numbered = 0;

/** The `test` of every journey. A journey fails where a browser complained about something it did not allow. */
export const test = base.extend<Journey>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  unique: async ({}, use) => {
    numbered += 1;
    await use(`journey-${process.pid}-${numbered}`);
  },

  // biome-ignore lint/correctness/noEmptyPattern: see above
  noise: async ({}, use) => {
    const noise = collectNoise();
    await use(noise);
    expect(noise.unexpected(), "what the browsers complained about").toEqual([]);
  },

  // biome-ignore lint/correctness/noEmptyPattern: see above
  github: async ({}, use) => {
    const github = standInAt(stack.githubUrl());
    await github.control({ reset: true });
    await use(github);
    await github.control({ reset: true });
  },

  browsers: async ({ browser, noise }, use, info) => {
    const contexts: BrowserContext[] = [];
    const openContext = async (options: BrowserContextOptions = {}) => {
      const context = await browser.newContext({ baseURL: stack.appUrl(), ...options });
      contexts.push(context);
      noise.listenTo(context);
      return context;
    };
    const signIn = async (login: Login, options?: BrowserContextOptions) => {
      const context = await openContext(options);
      const jar = await signInByHttp(stack.appUrl(), login);
      const same = { url: stack.appUrl(), httpOnly: true, sameSite: "Lax" as const };
      await context.addCookies(jar.entries().map((cookie) => ({ ...cookie, ...same })));
      return context.newPage();
    };
    await use({
      open: async (options) => (await openContext(options)).newPage(),
      signIn,
      async openAs(login, path = "/", options) {
        const page = await signIn(login, options);
        await page.goto(path);
        return openChat(page);
      },
    });
    const failed = info.status !== info.expectedStatus;
    for (const context of contexts) {
      for (const page of failed ? context.pages() : []) {
        await info.attach(`page at ${page.url()}`, {
          body: await page.screenshot(),
          contentType: "image/png",
        });
      }
      await context.close();
    }
  },
});

export { expect };
