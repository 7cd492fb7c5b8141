import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** axe finds nothing on the page as it is now; `where`: how it is named where that fails. */
export async function expectNoViolations(page: Page, where: string): Promise<void> {
  // Colours are judged as they end up, not half faded in.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((each) => each.finished.catch(() => {}))),
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(" | ")}`,
  );
  expect(found, `what axe finds on ${where}`).toEqual([]);
}
