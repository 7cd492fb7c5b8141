import { expect, type Locator, type Page } from "@playwright/test";

/** Presses keys until `target` has focus; fails where it cannot be reached within `max` steps. */
export async function walkTo(target: Locator, key: "Tab" | "Shift+Tab" = "Tab", max = 40): Promise<void> {
  const page = target.page();
  for (let steps = 0; steps < max; steps += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
    // After the last stop the browser's own bar has its turn; then it goes round again.
    if (await page.evaluate(() => document.activeElement !== document.body)) await expectFocusVisible(page);
  }
  throw new Error(`${target} was not reached by ${max} presses of ${key}`);
}

/** Focus is on something, and a person can see where: an outline or a ring on it or on what encloses it. */
export async function expectFocusVisible(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return { on: "nothing", visible: false };
    const marked = (element: Element | null) => {
      if (!element) return false;
      const style = getComputedStyle(element);
      const outlined = style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0;
      return outlined || style.boxShadow !== "none";
    };
    const box = focused.getBoundingClientRect();
    return {
      on: `${focused.tagName} ${focused.getAttribute("aria-label") ?? focused.textContent?.slice(0, 40)}`,
      // The frame of the composer stands for the field in it.
      visible: box.width > 0 && (marked(focused) || marked(focused.closest("form"))),
    };
  });
  expect(found.visible, `focus is visible on: ${found.on}`).toBe(true);
}
