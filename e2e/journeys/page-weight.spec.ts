import { openChat } from "../support/chat";
import { expect, test } from "../support/journey";
import { measurePageLoad } from "../support/page-load";

const BYTES_MAX = 300_000;

test("the chat page is light: at most 300 kB come over the network, the formatted answer included", async ({
  browsers,
  unique,
}, info) => {
  const writer = await browsers.openAs("mona");
  await writer.send(`markdown rate=0 ${unique}`);
  await writer.endsAs("succeeded");
  const { pathname } = new URL(writer.page.url());

  const reader = await browsers.openAs("mona", "/api/health", { viewport: { width: 390, height: 844 } });
  const { lastTurn } = openChat(reader.page);
  const load = await measurePageLoad(reader.page, pathname, async () => {
    await expect(lastTurn).toContainText("The end of the Markdown sample.");
    await expect(lastTurn.locator("pre code span").first()).toBeVisible();
    await reader.page.waitForLoadState("load");
  });
  // How soon it shows depends on the machine: told here, judged by `npm run bench`.
  info.annotations.push({ type: "LCP", description: `${Math.round(load.lcpMs)} ms, ${load.bytes} bytes` });
  expect(load.bytes, `largest: ${load.largest.join(", ")}`).toBeLessThanOrEqual(BYTES_MAX);
});
