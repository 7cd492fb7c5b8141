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
  const sizes = new Map<string, { url: string; bytes: number }>();
  const sizeOf = (id: string) => {
    const known = sizes.get(id) ?? { url: "", bytes: 0 };
    sizes.set(id, known);
    return known;
  };
  devtools.on("Network.responseReceived", ({ requestId, response }) => {
    const size = sizeOf(requestId);
    size.url = response.url;
    size.bytes = Math.max(size.bytes, response.encodedDataLength);
  });
  // A stream never finishes: its pieces are counted as they come.
  devtools.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    sizeOf(requestId).bytes += encodedDataLength;
  });
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    sizeOf(requestId).bytes = encodedDataLength;
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
  const answers = [...sizes.values()].sort((a, b) => b.bytes - a.bytes);
  await devtools.detach();
  return {
    bytes: answers.reduce((sum, { bytes }) => sum + bytes, 0),
    largest: answers.slice(0, 8).map(({ url, bytes }) => `${bytes} ${new URL(url).pathname}`),
    lcpMs,
  };
}
