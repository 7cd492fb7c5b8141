import { expect, test } from "../support/journey";

test("an administrator finds, archives and deletes somebody's session; it is in the audit log", async ({
  browsers,
  noise,
  unique,
}) => {
  // The owner's page asks for what is gone.
  noise.allow(/answer 404.*sessions\.get/, /status of 404.*sessions\.get/);
  const owner = await browsers.openAs("octocat");
  await owner.send(`short ${unique}`);
  await owner.endsAs("succeeded");
  const sessionId = new URL(owner.page.url()).pathname.split("/").at(-1) ?? "";

  const page = await browsers.signIn("mona");
  await page.goto("/admin/sessions");
  const list = page.getByRole("table", { name: "Sessions" });
  await page.keyboard.press("/");
  await page.keyboard.type(unique);
  await expect(page).toHaveURL(new RegExp(`q=${unique}`));
  const row = list.getByRole("row").filter({ hasText: unique });
  await expect(list.locator("tbody tr")).toHaveCount(1);
  await expect(row).toContainText("octocat");

  const panel = page.getByRole("dialog").filter({ hasText: sessionId });
  await test.step("the keyboard opens it; its drawer tells what it is made of, and not what was said", async () => {
    await row.focus();
    await page.keyboard.press("Enter");
    await expect(panel.getByRole("heading", { name: "Events by type" })).toBeVisible();
    await expect(panel).toContainText("user.message");
    await expect(panel).toContainText("Conversations are closed to administrators");
  });

  await test.step("archived, it has left its owner's list", async () => {
    await panel.getByRole("button", { name: "Archive" }).click();
    await page
      .getByRole("dialog", { name: "Archive this session?" })
      .getByRole("button", { name: "Archive" })
      .click();
    await expect(row).toContainText("Archived");
    await page.keyboard.press("Escape");
    await owner.page.reload();
    await expect(owner.sidebar.getByText(unique)).toHaveCount(0);
  });

  await test.step("deleted, it is gone for everybody", async () => {
    await row.getByRole("checkbox").check();
    await page.getByRole("toolbar").getByRole("button", { name: "Delete" }).click();
    await page
      .getByRole("dialog", { name: "Delete this session?" })
      .getByRole("button", { name: "Delete" })
      .click();
    await expect(page.getByText("No session matches")).toBeVisible();
  });

  await page.goto(`/admin/audit?target=${sessionId}`);
  const log = page.getByRole("table", { name: "Audit log" });
  await expect(log.getByRole("row").filter({ hasText: "Archived session" })).toContainText("mona");
  await expect(log.getByRole("row").filter({ hasText: "Deleted session" })).toContainText("mona");
  await expect(log).not.toContainText(unique);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "CSV" }).click();
  expect((await saved).suggestedFilename()).toMatch(/^audit-log-.*\.csv$/);
});

test("what was chosen of the list is in the address, and can be kept as a view", async ({ browsers }) => {
  const page = await browsers.signIn("mona");
  await page.goto("/admin/sessions");
  await page.getByRole("button", { name: "State" }).click();
  await page.getByRole("menuitemradio", { name: "Archived" }).click();
  await expect(page).toHaveURL(/state=archived/);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Save this view" }).click();
  await page.getByLabel("Name of the view").fill("Put away");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.goto("/admin/sessions");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitemradio", { name: "Put away" }).click();
  await expect(page).toHaveURL(/state=archived/);
});
