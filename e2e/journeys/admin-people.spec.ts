import { expect, test } from "../support/journey";

test("who is disabled is out of a running answer at once, cannot come back, and can when enabled", async ({
  browsers,
  noise,
  unique,
}) => {
  // Their page is told that they are signed out, by whatever it asks next.
  noise.allow(/answer 401/, /status of 401/);
  const theirs = await browsers.openAs("hubot");
  await theirs.send(`count tokens=600 rate=20 ${unique}`);
  await theirs.hasCountedTo(3);

  const page = await browsers.signIn("mona");
  await page.goto("/admin/people");
  const row = page.getByRole("table", { name: "People" }).getByRole("row", { name: /Select hubot/ });
  await expect(row).toContainText("Answering");
  await row.click();
  const panel = page.getByRole("dialog", { name: "hubot", exact: true });
  await panel.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("dialog", { name: "Disable hubot?" }).getByRole("button", { name: "Disable" }).click();
  await expect(panel).toContainText("Disabled");
  await expect(theirs.page).toHaveURL(/\/signin/, { timeout: 15_000 });

  await theirs.page.getByRole("button", { name: "Sign in with GitHub" }).click();
  await theirs.page.getByRole("link", { name: /^hubot/ }).click();
  await expect(theirs.page.getByRole("alert").first()).toContainText("administrator");

  await panel.getByRole("button", { name: "Enable" }).click();
  await page.getByRole("dialog", { name: "Enable hubot?" }).getByRole("button", { name: "Enable" }).click();
  await expect(panel).toContainText("Enabled");
  const again = await browsers.openAs("hubot");
  await expect(again.prompt).toBeVisible();
});

test("the last administrator cannot step down, and is told why", async ({ browsers }) => {
  const page = await browsers.signIn("mona");
  await page.goto("/admin/people?q=mona");
  await page
    .getByRole("table", { name: "People" })
    .getByRole("row", { name: /Select mona/ })
    .click();
  const panel = page.getByRole("dialog", { name: "mona", exact: true });
  await expect(panel).toContainText("Named in ADMIN_LOGINS");
  await expect(panel.getByRole("radio", { name: /User/ })).toBeDisabled();
  await panel.getByRole("button", { name: "Disable" }).click();
  const asking = page.getByRole("dialog", { name: "Disable mona?" });
  await asking.getByRole("button", { name: "Disable" }).click();
  await expect(page.getByRole("dialog", { name: "That did not work" })).toContainText("yourself");
});

test("an auditor sees the pages and is offered no change", async ({ browsers }) => {
  const page = await browsers.signIn("mona");
  await browsers.signIn("octocat");
  await page.goto("/admin/people?q=octocat");
  await page
    .getByRole("table", { name: "People" })
    .getByRole("row", { name: /Select octocat/ })
    .click();
  const panel = page.getByRole("dialog", { name: "octocat", exact: true });
  await panel.getByRole("radio", { name: /Auditor/ }).click();
  await page
    .getByRole("dialog", { name: "Make octocat an auditor?" })
    .getByRole("button", { name: "Make auditor" })
    .click();
  await expect(panel.getByRole("radio", { name: /Auditor/ })).toBeChecked();

  const theirs = await browsers.openAs("octocat", "/admin/people");
  // As wide as a class says that only these pages have: their own style sheet is there.
  const navigation = await theirs.page.getByRole("navigation", { name: "Administration" }).boundingBox();
  expect(navigation?.width).toBeLessThan(210);
  const people = theirs.page.getByRole("table", { name: "People" });
  await expect(people).toContainText("mona");
  await expect(people.getByRole("checkbox")).toHaveCount(0);
  await theirs.page.keyboard.press("g");
  await theirs.page.keyboard.press("a");
  await expect(theirs.page).toHaveURL(/\/admin\/audit/);

  await panel.getByRole("radio", { name: /User/ }).click();
  await page
    .getByRole("dialog", { name: "Make octocat a user?" })
    .getByRole("button", { name: "Make user" })
    .click();
  await expect(panel.getByRole("radio", { name: /User/ })).toBeChecked();
});
