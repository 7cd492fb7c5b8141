import { type Browser, type CDPSession, chromium } from "@playwright/test";
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

type Network = { name: string; latency: number; downloadThroughput: number; uploadThroughput: number };

const BYTES_PER_MBIT = 1_000_000 / 8;
// The presets of Chromium's DevTools: its throttling reaches 90 % of the nominal rate.
const NETWORKS: Network[] = [
  {
    name: "Fast 4G",
    latency: 165,
    downloadThroughput: 9 * 0.9 * BYTES_PER_MBIT,
    uploadThroughput: 1.5 * 0.9 * BYTES_PER_MBIT,
  },
  {
    name: "Slow 4G",
    latency: 562.5,
    downloadThroughput: 1.6 * 0.9 * BYTES_PER_MBIT,
    uploadThroughput: 0.75 * 0.9 * BYTES_PER_MBIT,
  },
];
/** A mid-range phone computes about this many times slower than a desktop. */
const CPU_SLOWDOWN = 4;
const PHONE = { viewport: { width: 412, height: 823 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
/** The page is left alone for this long after its load, so that late requests and a late paint count. */
const SETTLE_MS = 3_000;

/** Adds up what goes over the wire, headers included; a stream that stays open counts by its parts. */
async function countBytes(cdp: CDPSession): Promise<() => number> {
  const finished = new Map<string, number>();
  const streaming = new Map<string, number>();
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) =>
    finished.set(requestId, encodedDataLength),
  );
  cdp.on("Network.dataReceived", ({ requestId, encodedDataLength }) =>
    streaming.set(requestId, (streaming.get(requestId) ?? 0) + encodedDataLength),
  );
  await cdp.send("Network.enable");
  return () => {
    const open = [...streaming].filter(([id]) => !finished.has(id));
    return [...finished, ...open].reduce((total, [, bytes]) => total + bytes, 0);
  };
}

async function loadOnce(browser: Browser, url: string, cookies: string, network: Network) {
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
  const cdp = await context.newCDPSession(page);
  const bytes = await countBytes(cdp);
  await cdp.send("Network.emulateNetworkConditions", { offline: false, ...network });
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
  await page.goto(url, { waitUntil: "load" });
  await page.waitForTimeout(SETTLE_MS);
  const lcpMs = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? Number.NaN)).observe(
          {
            type: "largest-contentful-paint",
            buffered: true,
          },
        );
      }),
  );
  await context.close();
  return { transferredBytes: bytes(), lcpMs };
}

/** Loads the chat page of a session with an answer, each time with an empty cache, on a simulated phone. */
export async function measurePage(
  stack: BenchStack,
  client: FlightdeckClient,
  loads: number,
): Promise<PageResult[]> {
  const session = await createFlightdeckArm(client, stack.appPid).open();
  await session.turn("markdown rate=0");
  const browser = await chromium.launch({ executablePath: findBrowser() });
  const url = `${stack.appUrl}/s/${session.id}`;
  const results: PageResult[] = [];
  try {
    for (const network of NETWORKS) {
      const measured = [];
      for (let n = 0; n < loads; n += 1) {
        measured.push(await loadOnce(browser, url, client.cookieHeader(), network));
      }
      results.push({
        network: network.name,
        loads,
        transferredBytes: quantileOf(
          measured.map((load) => load.transferredBytes),
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
