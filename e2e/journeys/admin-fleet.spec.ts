import { expect, test } from "../support/journey";

// Nothing listens there: the server stays in the fleet, and is never ready.
const ADDRESS = "127.0.0.1:9";

test("an administrator adds a server, drains it, resumes it and removes it", async ({ browsers }) => {
  const page = await browsers.signIn("mona");
  await page.goto("/admin/fleet");
  const fleet = page.getByRole("table", { name: "Fleet" });
  await expect(fleet).toContainText("Ready");

  await page.getByRole("button", { name: "Add server" }).click();
  const adding = page.getByRole("dialog", { name: "Add a server" });
  await expect(adding).toContainText("gets people's GitHub tokens");
  await adding.getByLabel("Address").fill("no address");
  await adding.getByRole("button", { name: "Add server" }).click();
  await expect(adding.getByRole("alert")).toContainText("Write host:port");
  await adding.getByLabel("Address").fill(ADDRESS);
  await adding.getByRole("button", { name: "Add server" }).click();
  const row = fleet.getByRole("row").filter({ hasText: ADDRESS });
  await expect(row).toContainText("No answer yet");

  await row.click();
  const panel = page.getByRole("dialog", { name: ADDRESS, exact: true });
  await panel.getByRole("button", { name: "Drain" }).click();
  await page
    .getByRole("dialog", { name: `Drain ${ADDRESS}?` })
    .getByRole("button", { name: "Drain" })
    .click();
  await expect(panel).toContainText("Drained");
  await page.reload();
  await panel.getByRole("button", { name: "Resume" }).click();
  await page
    .getByRole("dialog", { name: `Resume ${ADDRESS}?` })
    .getByRole("button", { name: "Resume" })
    .click();
  await expect(panel).not.toContainText("Drained");

  await panel.getByRole("button", { name: "Remove" }).click();
  await page
    .getByRole("dialog", { name: `Remove ${ADDRESS}?` })
    .getByRole("button", { name: "Remove" })
    .click();
  await expect(row).toHaveCount(0);
});

test("who is not an administrator does not find the page", async ({ browsers, noise }) => {
  noise.allow(/answer 404.*\/admin\/fleet/, /status of 404/);
  const page = await browsers.signIn("octocat");
  const answer = await page.goto("/admin/fleet");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("table", { name: "Fleet" })).toHaveCount(0);
});
