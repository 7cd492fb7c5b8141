import { expectNoViolations } from "../support/axe";
import { expect, test } from "../support/journey";

const RUN_MS = 30_000;

test("a schedule is told in words as it is typed, runs by hand, pauses, and is deleted", async ({
  browsers,
  unique,
}) => {
  const page = await browsers.signIn("mona");
  await page.goto("/schedules");
  await page.getByRole("button", { name: "New schedule" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New schedule" });
  await dialog.getByLabel("Name").fill(unique);
  await dialog.getByLabel("When", { exact: true }).fill("30 8 * * 1");
  await dialog.getByLabel("Time zone").selectOption("Europe/Berlin");
  await expect(dialog).toContainText("At 08:30, only on Monday");
  await expect(dialog.getByRole("list", { name: "Next runs" }).getByRole("listitem")).toHaveCount(5);
  await dialog.getByLabel("When", { exact: true }).fill("30 8 * *");
  await expect(dialog).toContainText("Five fields are needed");
  await dialog.getByLabel("When", { exact: true }).fill("30 8 * * 1");
  await dialog.getByLabel("Prompt").fill(`count tokens=5 rate=0 ${unique}`);
  await dialog.getByRole("button", { name: "Create schedule" }).click();

  const panel = page.getByRole("dialog", { name: unique });
  await expect(panel).toContainText("It has not run yet");
  await panel.getByRole("button", { name: "Run now" }).click();
  const history = panel.getByRole("list", { name: "History" });
  await expect(history.getByRole("listitem")).toContainText("by hand");
  await expect(history).toContainText("Done", { timeout: RUN_MS });

  await panel.getByRole("button", { name: "Pause" }).click();
  await expect(panel).toContainText("Paused");
  await panel.getByRole("button", { name: "Resume" }).click();
  await expect(panel.getByRole("button", { name: "Pause" })).toBeVisible();

  await panel.getByRole("button", { name: "Change" }).click();
  const changing = page.getByRole("dialog", { name: "Change schedule" });
  await changing.getByLabel("When", { exact: true }).fill("@daily");
  await changing.getByRole("button", { name: "Save" }).click();
  await expect(panel).toContainText("At 00:00");

  await history.getByRole("link").click();
  await expect(page.getByRole("dialog", { name: "Job", exact: true })).toContainText("1 2 3 4 5");
  await page.goBack();
  await panel.getByRole("button", { name: "Delete" }).click();
  await page
    .getByRole("dialog", { name: "Delete this schedule?" })
    .getByRole("button", { name: "Delete schedule" })
    .click();
  await expect(page.getByRole("row").filter({ hasText: unique })).toHaveCount(0);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing on the page of schedules, ${colorScheme}`, async ({ browsers, unique }) => {
    const narrow = colorScheme === "dark" && { viewport: { width: 360, height: 740 } };
    const page = await browsers.signIn("octocat", { colorScheme, reducedMotion: "reduce", ...narrow });
    await page.goto("/schedules");
    await page.getByRole("button", { name: "New schedule" }).first().click();
    const dialog = page.getByRole("dialog", { name: "New schedule" });
    await expect(dialog.getByRole("list", { name: "Next runs" })).toBeVisible();
    await expectNoViolations(page, "the dialog of a new schedule");
    await dialog.getByLabel("Name").fill(unique);
    await dialog.getByLabel("Prompt").fill("count tokens=3 rate=0");
    await dialog.getByRole("button", { name: "Create schedule" }).click();
    await expect(page.getByRole("dialog", { name: unique })).toContainText("It has not run yet");
    await expectNoViolations(page, "what there is to know about a schedule");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("row").filter({ hasText: unique })).toBeVisible();
    await expectNoViolations(page, "the list of schedules");
    const width = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(width, "pixels beyond the right edge").toBeLessThanOrEqual(0);
  });
}
