import { expect, test } from "../support/journey";

test("an administrator sees what a rule would delete, saves it, and takes it away again", async ({
  browsers,
}) => {
  const page = await browsers.signIn("mona");
  await page.goto("/admin/clean-up");
  await expect(page.getByText("Nothing is deleted by itself")).toBeVisible();

  await page.getByRole("button", { name: "idle for 180 days" }).click();
  await page.getByLabel("Days").fill("");
  await expect(page.getByRole("button", { name: "Preview and save" })).toBeDisabled();
  await page.getByLabel("Days").fill("3650");
  await page.getByRole("button", { name: "Preview and save" }).click();
  const saving = page.getByRole("dialog", { name: "Save these rules?" });
  await expect(saving).toContainText("Nothing would go now");
  await saving.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByText("Runs once a day")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Days")).toHaveValue("3650");

  await page.getByRole("button", { name: "Remove rule 1" }).click();
  await page.getByRole("button", { name: "Preview and save" }).click();
  await saving.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByText("Nothing is deleted by itself")).toBeVisible();
});

test("a person is put on hold by their login, with a reason, and the hold is lifted", async ({
  browsers,
  unique,
}) => {
  const page = await browsers.signIn("mona");
  await page.goto("/admin/clean-up");
  await page.getByRole("button", { name: "Add hold" }).click();
  const holding = page.getByRole("dialog", { name: "Keep from clean-up" });
  await holding.getByLabel("A person").check();
  await holding.getByLabel("Person", { exact: true }).fill(`nobody-${unique}`);
  await holding.getByLabel("Reason").fill(`Case ${unique}`);
  await holding.getByRole("button", { name: "Set hold" }).click();
  await expect(holding.getByRole("alert")).toContainText("Nobody with this login");
  await holding.getByLabel("Person", { exact: true }).fill("mona");
  await holding.getByRole("button", { name: "Set hold" }).click();
  const hold = page.getByRole("table", { name: "Holds" }).getByRole("row").filter({ hasText: unique });
  await expect(hold).toContainText("mona");

  await hold.getByRole("button", { name: "Lift" }).click();
  await page
    .getByRole("dialog", { name: "Lift the hold on mona?" })
    .getByRole("button", { name: "Lift hold" })
    .click();
  await expect(page.getByText("Nothing is on hold")).toBeVisible();
});

test("a run that was started by hand shows its report", async ({ browsers }) => {
  const page = await browsers.signIn("mona");
  await page.goto("/admin/clean-up");
  await page.getByRole("button", { name: "Run now" }).click();
  const asking = page.getByRole("dialog", { name: "Run the clean-up now?" });
  await asking.getByRole("button", { name: "Look for orphans" }).click();
  const run = page.getByRole("table", { name: "Runs" }).getByRole("row").filter({ hasText: "mona" }).first();
  await expect(run).toContainText("Completed", { timeout: 60_000 });
  await run.click();
  await expect(page.getByRole("dialog", { name: "Clean-up run" })).toContainText("Started by");
});
