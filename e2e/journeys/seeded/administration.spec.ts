import { readFile } from "node:fs/promises";
import type { Locator } from "@playwright/test";
import { expect, test } from "../../support/journey";
import { countBy, fillStack } from "../../support/seeded";

// Pages of administrators with the data of a team; what they say is compared with the rows.
test.beforeAll(fillStack);

const numberIn = (text: string | null): number => Number(/[\d,]+/.exec(text ?? "")?.[0].replaceAll(",", ""));

/** The numbers of a column of a table, by its heading. */
async function columnOf(table: Locator, heading: string): Promise<number[]> {
  const headings = await table.getByRole("columnheader").allTextContents();
  const cells = await table.locator("tbody tr").evaluateAll(
    (rows, index) => rows.map((row) => row.children[index]?.textContent ?? ""),
    headings.findIndex((text) => text.startsWith(heading)),
  );
  return cells.map((text) => Number(text.replaceAll(",", "")) || 0);
}
const sumOf = (numbers: number[]) => numbers.reduce((sum, each) => sum + each, 0);

test("the overview tells the same in its figures, charts and tables, for any range", async ({ browsers }) => {
  const page = await browsers.signIn("mona");
  await page.goto("/admin");
  await page.getByRole("button", { name: "30 days" }).click();
  const turns = page.getByRole("region", { name: "Turns", exact: true }).first();
  await expect(turns).toContainText("answered");
  const totalShown = async () => numberIn(await turns.locator("p span").first().textContent());
  // The range before this one is shown until this one is there.
  await expect.poll(totalShown).toBeGreaterThan(1_000);
  const total = await totalShown();
  await turns.getByRole("button", { name: "Show as table: Turns" }).click();
  const table = turns.getByRole("table");
  const failed = sumOf(await columnOf(table, "Failed"));
  const others = sumOf(await columnOf(table, "Answered")) + sumOf(await columnOf(table, "Stopped"));
  expect(failed + others).toBe(total);

  const failures = page.getByRole("region", { name: "Failures by cause", exact: true }).first();
  await failures.getByRole("button", { name: "Show as table: Failures by cause" }).click();
  expect(sumOf(await columnOf(failures.getByRole("table"), "Turns"))).toBe(failed);

  await page.getByRole("button", { name: "7 days" }).click();
  await expect.poll(totalShown).toBeLessThan(total);
});

test("sessions are found by words, owner and state, in order, page by page", async ({ browsers }) => {
  const page = await browsers.signIn("mona");
  await page.goto("/admin/sessions");
  const list = page.getByRole("table", { name: "Sessions" });
  const rows = list.locator("tbody tr");
  const all = await countBy(`SELECT count(*) FROM "CopilotSession"`);
  await expect(page.getByText(`${all.toLocaleString("en")} sessions`)).toBeVisible();

  await test.step("a page on and a page back", async () => {
    const first = await rows.first().textContent();
    await page.getByRole("button", { name: "Next page" }).click();
    await expect(rows.first()).not.toHaveText(first ?? "");
    await page.getByRole("button", { name: "Previous page" }).click();
    await expect(rows.first()).toHaveText(first ?? "");
  });

  await test.step("by a word", async () => {
    const found = await countBy(`SELECT count(*) FROM "CopilotSession" WHERE "title" ILIKE '%checkout%'`);
    expect(found).toBeGreaterThan(0);
    await page.getByRole("searchbox", { name: "Search words in titles" }).fill("checkout");
    await expect(page.getByText(`${found.toLocaleString("en")} session`)).toBeVisible();
    for (const title of await rows.allTextContents()) expect(title.toLowerCase()).toContain("checkout");
  });

  await test.step("by state, from the address", async () => {
    const archived = await countBy(`SELECT count(*) FROM "CopilotSession" WHERE "archivedAt" IS NOT NULL`);
    await page.goto("/admin/sessions?state=archived");
    await expect(page.getByText(`${archived.toLocaleString("en")} session`)).toBeVisible();
    await expect(rows.first()).toContainText("Archived");
  });

  await test.step("everything of a person, from their panel", async () => {
    await page.goto("/admin/people?q=hubot");
    await page
      .getByRole("table", { name: "People" })
      .getByRole("row", { name: /Select hubot/ })
      .click();
    const count = await countBy(
      `SELECT count(*) FROM "CopilotSession" s JOIN "User" u ON u."id" = s."ownerId" WHERE u."login" = 'hubot'`,
    );
    await page
      .getByRole("dialog", { name: "hubot", exact: true })
      .getByRole("link", { name: count.toLocaleString("en"), exact: true })
      .click();
    await expect(page).toHaveURL(/owner=hubot/);
    await expect(page.getByText(`${count.toLocaleString("en")} session`)).toBeVisible();
  });
});

test("people are listed with what they do, and found by role", async ({ browsers }) => {
  const page = await browsers.signIn("mona");
  await page.goto("/admin/people?role=auditor");
  const auditors = await countBy(`SELECT count(*) FROM "User" WHERE "role" = 'auditor'`);
  const rows = page.getByRole("table", { name: "People" }).locator("tbody tr");
  await expect(rows).toHaveCount(auditors);
  await expect(rows.first()).toContainText("Auditor");
});

test("the fleet leads to what is on a server's disk", async ({ browsers }) => {
  const page = await browsers.signIn("mona");
  await page.goto("/admin/fleet?server=local");
  const onDisk = await countBy(`SELECT count(*) FROM "SessionHead" WHERE "cliServer" = 'local'`);
  await page
    .getByRole("dialog", { name: "local" })
    .getByRole("link", { name: `${onDisk.toLocaleString("en")} on its disk` })
    .click();
  await expect(page.getByText(`${onDisk.toLocaleString("en")} session`)).toBeVisible();
});

test("the clean-up says how many sessions a rule would delete, before it is saved", async ({ browsers }) => {
  const page = await browsers.signIn("mona");
  await page.goto("/admin/clean-up");
  await page.getByRole("button", { name: "archived for 30 days" }).click();
  await page.getByLabel("Days").fill("3");
  await page.getByRole("button", { name: "Preview and save" }).click();
  const would = await countBy(
    `SELECT count(*) FROM "CopilotSession" WHERE "archivedAt" <= now() - interval '3 days'`,
  );
  expect(would).toBeGreaterThan(0);
  const saving = page.getByRole("dialog", { name: "Save these rules?" });
  await expect(saving.locator("dd").first()).toHaveText(would.toLocaleString("en"));
  await saving.getByRole("button", { name: "Cancel" }).click();
  await test.step("what was not saved is still there after a look elsewhere", async () => {
    const navigation = page.getByRole("navigation", { name: "Administration" });
    await navigation.getByRole("link", { name: "Fleet" }).click();
    await expect(page.getByRole("heading", { name: "Fleet" })).toBeVisible();
    await navigation.getByRole("link", { name: "Clean-up" }).click();
    await expect(page.getByLabel("Days")).toHaveValue("3");
    await page.getByRole("button", { name: "Discard" }).click();
  });
});

test("the audit log is filtered, and exported whole", async ({ browsers }) => {
  const page = await browsers.signIn("mona");
  await page.goto("/admin/audit");
  await page.getByRole("button", { name: "What" }).click();
  await page.getByRole("menuitemradio", { name: "Changed role" }).click();
  await page.keyboard.press("Escape");
  const log = page.getByRole("table", { name: "Audit log" });
  const changes = await countBy(`SELECT count(*) FROM "AuditEvent" WHERE "action" = 'person.role_changed'`);
  expect(changes).toBeGreaterThan(0);
  await expect(log.locator("tbody tr")).toHaveCount(changes);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: /JSON/ }).click();
  const lines = (await readFile(await (await saved).path(), "utf8")).trim().split("\n");
  const actions = lines.map((line) => (JSON.parse(line) as { action: string }).action);
  expect(actions).toEqual(Array.from({ length: changes }, () => "person.role_changed"));
});
