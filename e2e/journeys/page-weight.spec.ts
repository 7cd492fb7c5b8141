import { expectColoured, openChat } from "../support/chat";
import { expect, test } from "../support/journey";
import { measurePageLoad } from "../support/page-load";

const BYTES_MAX = 300_000;

test("the chat page is light: at most 300 kB come over the network, the formatted answer included", async ({
  browsers,
  unique,
}, info) => {
  const writer = await browsers.openAs("mona");
  await writer.send(`code rate=0 ${unique}`);
  await writer.endsAs("succeeded");
  const { pathname } = new URL(writer.page.url());

  const page = await browsers.signIn("mona", { viewport: { width: 390, height: 844 } });
  const { lastTurn } = openChat(page);
  const isShown = async () => {
    await expect(lastTurn).toContainText("you want a queue instead.");
    // Code is coloured when it comes near: what that needs counts too.
    await expectColoured(lastTurn.locator("pre code[data-language='python']"));
  };
  const load = await measurePageLoad(page, pathname, { isShown });
  // How soon it shows depends on the machine: told here, judged by `npm run bench`.
  info.annotations.push({ type: "LCP", description: `${Math.round(load.lcpMs)} ms, ${load.bytes} bytes` });
  expect(load.bytes, `largest: ${load.largest.join(", ")}`).toBeLessThanOrEqual(BYTES_MAX);
});
