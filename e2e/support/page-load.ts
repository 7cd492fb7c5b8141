import type { Page } from "@playwright/test";

export type PageLoad = {
  /** Everything that came over the network until the page was quiet, headers included. */
  bytes: number;
  /** The largest answers: `bytes path`, largest first. */
  largest: string[];
  /** Largest contentful paint, in ms after the navigation began. */
  lcpMs: number;
};

export type Network = { latency: number; downloadThroughput: number; uploadThroughput: number };

const BYTES_PER_KBIT = 1_000 / 8;
/** A phone as Lighthouse simulates it: 150 ms, 1.6 Mbit/s, a processor four times slower. */
const PHONE_NETWORK: Network = {
  latency: 150,
  downloadThroughput: 1_638.4 * BYTES_PER_KBIT,
  uploadThroughput: 675 * BYTES_PER_KBIT,
};
const PHONE_CPU_SLOWDOWN = 4;

type Options = {
  /** Waits until the page is complete for a person. */
  isShown(): Promise<void>;
  network?: Network;
};

/** Opens `url` as a phone with nothing in its cache would, and measures what came and how soon it showed. */
export async function measurePageLoad(
  page: Page,
  url: string,
  { isShown, network = PHONE_NETWORK }: Options,
): Promise<PageLoad> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  await devtools.send("Network.emulateNetworkConditions", { offline: false, ...network });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: PHONE_CPU_SLOWDOWN });
  const answers = new Map<string, number>();
  const add = (from: string, bytes: number) => void answers.set(from, (answers.get(from) ?? 0) + bytes);
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
    const from = streams.get(requestId);
    if (from) add(from, encodedDataLength || dataLength);
  });
  await page.goto(url);
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
    largest: largestFirst.slice(0, 8).map(([from, bytes]) => `${bytes} ${new URL(from).pathname}`),
    lcpMs,
  };
}
