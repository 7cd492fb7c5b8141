import { type Browser, chromium } from "@playwright/test";
import { measurePageLoad, type Network, type PageLoad } from "@/e2e/support/page-load";
import { findBrowser } from "@/scripts/lib/browser";
import { createFlightdeckArm } from "./arms/flightdeck-arm";
import type { FlightdeckClient } from "./arms/flightdeck-client";
import type { BenchStack } from "./stack";
import { quantileOf } from "./stats";

export type PageResult = {
  network: string;
  loads: number;
  /** Medians of the loads. */
  transferredBytes: number;
  lcpMs: number;
};

const BYTES_PER_MBIT = 1_000_000 / 8;
/** Lighthouse's phone, and the preset of Chromium's DevTools, which reaches 90 % of its nominal rate. */
const NETWORKS: { name: string; network?: Network }[] = [
  { name: "Lighthouse's mobile network" },
  {
    name: "Fast 4G",
    network: {
      latency: 165,
      downloadThroughput: 9 * 0.9 * BYTES_PER_MBIT,
      uploadThroughput: 1.5 * 0.9 * BYTES_PER_MBIT,
    },
  },
];
const PHONE = { viewport: { width: 412, height: 823 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

type Visit = { url: string; cookies: string; network: Network | undefined };

async function loadOnce(browser: Browser, { url, cookies, network }: Visit): Promise<PageLoad> {
  const context = await browser.newContext(PHONE);
  await context.addCookies(
    cookies.split("; ").map((pair) => ({
      name: pair.slice(0, pair.indexOf("=")),
      value: pair.slice(pair.indexOf("=") + 1),
      // The whole site: of a page's address the cookie would take the path.
      url: new URL(url).origin,
    })),
  );
  const page = await context.newPage();
  const code = page.locator("pre code[data-language]").last();
  const isShown = async () => {
    // Code is coloured when it comes near: what that needs counts too.
    await code.scrollIntoViewIfNeeded();
    await code.locator("span").first().waitFor();
  };
  const load = await measurePageLoad(page, url, { isShown, ...(network && { network }) });
  await context.close();
  return load;
}

/** Loads the chat page of a session with an answer, each time with an empty cache, on a simulated phone. */
export async function measurePage(
  stack: BenchStack,
  client: FlightdeckClient,
  loads: number,
): Promise<PageResult[]> {
  const session = await createFlightdeckArm(client, stack.appPid).open();
  await session.turn("code rate=0");
  const browser = await chromium.launch({ executablePath: findBrowser() });
  const url = `${stack.appUrl}/s/${session.id}`;
  const results: PageResult[] = [];
  try {
    for (const { name, network } of NETWORKS) {
      const measured: PageLoad[] = [];
      for (let n = 0; n < loads; n += 1) {
        measured.push(await loadOnce(browser, { url, cookies: client.cookieHeader(), network }));
      }
      results.push({
        network: name,
        loads,
        transferredBytes: quantileOf(
          measured.map((load) => load.bytes),
          0.5,
        ),
        lcpMs: quantileOf(
          measured.map((load) => load.lcpMs),
          0.5,
        ),
      });
    }
  } finally {
    await browser.close();
    await session.close();
  }
  return results;
}
