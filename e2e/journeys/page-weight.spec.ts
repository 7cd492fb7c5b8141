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

  const page = await browsers.signIn("mona", { viewport: { width: 390, height: 844 } });
  const { lastTurn } = openChat(page);
  const load = await measurePageLoad(page, pathname, async () => {
    await expect(lastTurn).toContainText("The end of the Markdown sample.");
    // Code is coloured when it comes near: what that needs counts too.
    const code = lastTurn.locator("pre code[data-language='python']");
    await code.scrollIntoViewIfNeeded();
    await expect(code.locator("span").first()).toBeVisible();
  });
  // How soon it shows depends on the machine: told here, judged by `npm run bench`.
  info.annotations.push({ type: "LCP", description: `${Math.round(load.lcpMs)} ms, ${load.bytes} bytes` });
  expect(load.bytes, `largest: ${load.largest.join(", ")}`).toBeLessThanOrEqual(BYTES_MAX);
});
