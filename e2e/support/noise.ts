import type { BrowserContext, Page } from "@playwright/test";

export type Noise = {
  /** Starts to listen to every page of a browser. */
  listenTo(context: BrowserContext): void;
  /** A journey that breaks something names the errors that belong to it; a pattern that matches nothing is harmless. */
  allow(...patterns: RegExp[]): void;
  /** What was heard and not allowed: console errors and warnings, uncaught errors, requests that failed. */
  unexpected(): string[];
};

// The browser gives up a request because its page goes away or its stream was closed: nothing failed.
const CANCELLED = "net::ERR_ABORTED";
// The stand-in for GitHub has no icon, and its pages are not ours.
const NOT_OURS = /127\.0\.0\.1:\d+\/favicon\.ico/;

function listenToPage(page: Page, heard: string[]): void {
  const say = (text: string) => {
    if (!NOT_OURS.test(text)) heard.push(`${new URL(page.url()).pathname}: ${text}`);
  };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      say(`console.${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => say(`uncaught: ${error.stack ?? error.message}`));
  page.on("crash", () => say("the page crashed"));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    if (reason !== CANCELLED) say(`request failed: ${request.method()} ${request.url()} ${reason}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400)
      say(`answer ${response.status()}: ${response.request().method()} ${response.url()}`);
  });
}

/** Everything that a browser complains about. No journey may leave any of it unexplained. */
export function collectNoise(): Noise {
  const heard: string[] = [];
  const allowed: RegExp[] = [];
  return {
    listenTo(context) {
      for (const page of context.pages()) listenToPage(page, heard);
      context.on("page", (page) => listenToPage(page, heard));
    },
    allow: (...patterns) => void allowed.push(...patterns),
    unexpected: () => heard.filter((text) => !allowed.some((pattern) => pattern.test(text))),
  };
}
