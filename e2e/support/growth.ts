import type { Page } from "@playwright/test";

declare global {
  interface Window {
    flightdeckGrowth?: Set<number>;
  }
}

/** Notes, frame by frame, how long the running answer is. Later `seen()` tells how many different lengths a person
 *  could see while the answer was still running. */
export async function recordGrowth(page: Page): Promise<{ seen(): Promise<number> }> {
  await page.evaluate(() => {
    const lengths = new Set<number>();
    window.flightdeckGrowth = lengths;
    const look = () => {
      const running = document.querySelector('[data-turn-status="running"]');
      if (running) lengths.add(running.textContent?.length ?? 0);
      requestAnimationFrame(look);
    };
    look();
  });
  return { seen: () => page.evaluate(() => window.flightdeckGrowth?.size ?? 0) };
}
