import type { Page } from "@playwright/test";
import { expect, test } from "../support/journey";

const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
/** What a finger can hit: WCAG 2.2, 2.5.8. */
const TARGET_PX_MIN = 24;

async function expectFits(page: Page): Promise<void> {
  const [content, visible] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    window.innerWidth,
  ]);
  expect(content, "the page is not wider than the screen").toBe(visible);
}

test("the main journey fits a phone, with the sidebar in a drawer", async ({ browsers, unique }) => {
  const chat = await browsers.openAs("octocat", "/", PHONE);
  const { page } = chat;
  const drawer = page.getByRole("dialog", { name: "Sessions" });
  await expect(chat.sidebar).toBeHidden();
  await expectFits(page);
  await chat.prompt.fill(`markdown rate=0 ${unique}`);
  await chat.sendButton.tap();
  await chat.endsAs("succeeded");
  await expectFits(page);
  await expect(chat.prompt).toBeInViewport();

  await test.step("the drawer opens, closes and gives the focus back", async () => {
    const opener = page.getByRole("button", { name: "Open sidebar" });
    await opener.tap();
    await expect(drawer).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(drawer).toBeHidden();
    await expect(opener).toBeFocused();
  });

  await test.step("another session, and back through the drawer", async () => {
    await page.getByRole("button", { name: "Open sidebar" }).tap();
    await drawer.getByRole("button", { name: "New session" }).tap();
    await expect(drawer).toBeHidden();
    await expect(page).toHaveURL(/\/$/);
    await page.getByRole("button", { name: "Open sidebar" }).tap();
    await drawer.getByRole("searchbox", { name: "Search sessions" }).fill(unique);
    await drawer.getByRole("link", { name: unique }).tap();
    await expect(drawer).toBeHidden();
    await expect(chat.lastTurn).toContainText("Heading one");
    await expectFits(page);
  });

  await test.step("the header's actions are in a menu", async () => {
    await page.getByRole("button", { name: "Session actions" }).tap();
    await page.getByRole("menuitem", { name: "Rename" }).tap();
    await page.getByRole("textbox", { name: "Session title" }).fill(`Phone ${unique}`);
    await page.keyboard.press("Enter");
    await expect(chat.title).toHaveText(`Phone ${unique}`);
  });

  await test.step("everything is large enough for a finger", async () => {
    const small = await page.getByRole("button").evaluateAll(
      (buttons, min) =>
        buttons
          .map((button) => ({
            name: button.getAttribute("aria-label") ?? button.textContent,
            box: button.getBoundingClientRect(),
          }))
          .filter(({ box }) => box.width > 0 && (box.width < min || box.height < min))
          .map(({ name, box }) => `${name}: ${box.width} × ${box.height}`),
      TARGET_PX_MIN,
    );
    expect(small).toEqual([]);
  });
});
