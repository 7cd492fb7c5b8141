import type { Page } from "@playwright/test";

export type PageLoad = {
  /** Everything that came over the network until the page was quiet, headers included. */
  bytes: number;
  /** The largest answers: `bytes path`, largest first. */
  largest: string[];
  /** Largest contentful paint, in ms after the navigation began. */
  lcpMs: number;
};

/** A phone on a slow mobile network. */
const PHONE_NETWORK = { latency: 150, downloadThroughput: 200_000, uploadThroughput: 94_000 };
const PHONE_CPU_RATE = 2;

/** Opens `path` as a phone with nothing in its cache would, and measures what came and how soon it showed. `isShown`
 *  waits until the page is complete for a person. */
export async function measurePageLoad(
  page: Page,
  path: string,
  isShown: () => Promise<void>,
): Promise<PageLoad> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  await devtools.send("Network.emulateNetworkConditions", { offline: false, ...PHONE_NETWORK });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: PHONE_CPU_RATE });
  const answers = new Map<string, number>();
  const add = (url: string, bytes: number) => void answers.set(url, (answers.get(url) ?? 0) + bytes);
  const finished: Promise<void>[] = [];
  // The page's own requests and those of its workers.
  page.on("requestfinished", (request) => {
    const measured = request
      .sizes()
      .then((size) => add(request.url(), size.responseBodySize + size.responseHeadersSize));
    finished.push(measured);
  });
  // A stream never finishes: its pieces are counted as they come.
  const streams = new Map<string, string>();
  devtools.on("Network.responseReceived", ({ requestId, response }) => {
    if (response.mimeType === "text/event-stream") streams.set(requestId, response.url);
  });
  devtools.on("Network.dataReceived", ({ requestId, encodedDataLength, dataLength }) => {
    const url = streams.get(requestId);
    if (url) add(url, encodedDataLength || dataLength);
  });
  await page.goto(path);
  await isShown();
  const lcpMs = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? 0)).observe({
          type: "largest-contentful-paint",
          buffered: true,
        });
      }),
  );
  await Promise.all(finished);
  await devtools.detach();
  const largestFirst = [...answers].sort(([, a], [, b]) => b - a);
  return {
    bytes: largestFirst.reduce((sum, [, bytes]) => sum + bytes, 0),
    largest: largestFirst.slice(0, 8).map(([url, bytes]) => `${bytes} ${new URL(url).pathname}`),
    lcpMs,
  };
}
