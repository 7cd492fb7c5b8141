import type { Page } from "@playwright/test";
import { expectNoViolations } from "../../support/axe";
import { openChat } from "../../support/chat";
import { expect, test } from "../../support/journey";
import { stack } from "../../support/stack";
import { standInAt } from "../../support/stand-ins";

const PHONE = { width: 360, height: 740 };
const KEY = "sk-key-of-a-journey-0123456789";

type Filled = { name: string; baseUrl: string; model: string; key?: string };

const tableOf = (page: Page) => page.getByRole("table", { name: /models|Models/ });
const panelOf = (page: Page) => page.getByRole("dialog", { name: "Add a provider" });

async function fill(page: Page, { name, baseUrl, model, key }: Filled): Promise<void> {
  await page.getByRole("button", { name: "Add provider" }).first().click();
  const panel = panelOf(page);
  await panel.getByLabel("Kind").selectOption("compatible");
  await panel.getByLabel("Name", { exact: true }).fill(name);
  await panel.getByLabel("Address").fill(baseUrl);
  if (key) await panel.getByLabel(/^Key/).fill(key);
  await panel.getByLabel("Model 1", { exact: true }).fill(model);
  await panel.getByRole("button", { name: "Add provider" }).click();
}

async function remove(page: Page, name: string): Promise<void> {
  await tableOf(page).getByRole("row").filter({ hasText: name }).click();
  await page.getByRole("dialog", { name }).getByRole("button", { name: "Remove", exact: true }).click();
  await page
    .getByRole("dialog", { name: "Remove this provider?" })
    .getByRole("button", { name: "Remove", exact: true })
    .click();
  await expect(page.getByText(name)).toHaveCount(0);
}

test("a model of one's own is added, tested, picked, answers, and is gone", async ({ browsers, unique }) => {
  const page = await browsers.signIn("octocat");
  await page.goto("/settings/providers");
  await expect(page.getByText("Bring a model of your own")).toBeVisible();
  await fill(page, { name: unique, baseUrl: `${stack.modelUrl()}/v1`, model: "sim-small", key: KEY });

  const test_ = page.getByRole("dialog", { name: `Test ${unique}` });
  await test_.getByRole("button", { name: "Test", exact: true }).click();
  await expect(test_.getByRole("status")).toContainText("The model answered");
  await test_.getByRole("button", { name: "Close" }).last().click();
  await expect(tableOf(page)).toContainText(unique);
  expect(await page.content()).not.toContain(KEY);

  await test.step("its models stand in the picker under their own heading, and answer", async () => {
    await page.goto("/");
    const chat = openChat(page);
    await page.getByRole("button", { name: /^Model: / }).click();
    await expect(page.getByRole("group", { name: "Copilot" })).toBeVisible();
    await page.getByRole("group", { name: "Yours" }).getByRole("option", { name: unique }).click();
    const model = standInAt(stack.modelUrl());
    await chat.send(`count tokens=30 rate=0 ${unique}`);
    await chat.endsAs("succeeded");
    await chat.hasWholeCount(30);
    const asked = (await model.log()).filter(({ promptText }) => promptText?.includes(unique));
    expect(asked).toMatchObject([{ path: "/v1/chat/completions", model: "sim-small" }]);
    await expect(chat.lastTurn).toContainText("sim-small");
  });

  await test.step("a session whose provider is gone says so, and goes on with another model", async () => {
    const session = page.url();
    await page.goto("/settings/providers");
    await remove(page, unique);
    await page.goto(session);
    const chat = openChat(page);
    await chat.send("short");
    await chat.endsAs("failed");
    await expect(chat.lastTurn).toContainText("removed or switched off");
    await chat.pickModel("GPT-5 mini");
    await chat.retry();
    await chat.endsAs("succeeded");
  });
});

test("what cannot work is explained: a closed address, a short key, a wrong model", async ({
  browsers,
  unique,
  noise,
}) => {
  noise.allow(/answer 400.*providers\.create/, /status of 400/);
  const page = await browsers.signIn("octocat");
  await page.goto("/settings/providers");
  for (const baseUrl of ["http://169.254.169.254/latest", "http://2130706433:1/v1", stack.appUrl()]) {
    await fill(page, { name: unique, baseUrl, model: "m" });
    await expect(panelOf(page).getByRole("alert")).toContainText("may not be called from here");
    await panelOf(page).getByRole("button", { name: "Cancel" }).click();
  }
  await fill(page, { name: unique, baseUrl: `${stack.modelUrl()}/v1`, model: "m", key: "short" });
  await expect(panelOf(page).getByRole("alert")).toContainText("at least 12 characters");
  await panelOf(page).getByLabel(/^Key/).fill(KEY);
  await panelOf(page).getByLabel("Address").fill(`${stack.modelUrl()}/nothing`);
  await panelOf(page).getByRole("button", { name: "Add provider" }).click();
  const dialog = page.getByRole("dialog", { name: `Test ${unique}` });
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("knows no such model");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await remove(page, unique);
});

test("an administrator's models are everybody's, and nobody else's to change", async ({
  browsers,
  unique,
  noise,
}) => {
  noise.allow(/answer 404.*\/admin\/providers/, /status of 404/);
  const mona = await browsers.signIn("mona");
  await mona.goto("/admin/providers");
  await fill(mona, { name: unique, baseUrl: `${stack.modelUrl()}/v1`, model: "sim-large", key: KEY });
  await mona
    .getByRole("dialog", { name: `Test ${unique}` })
    .getByRole("button", { name: "Close" })
    .last()
    .click();

  const { page } = await browsers.openAs("hubot");
  await page.getByRole("button", { name: /^Model: / }).click();
  await expect(
    page.getByRole("group", { name: "Company" }).getByRole("option", { name: unique }),
  ).toBeVisible();
  await page.keyboard.press("Escape");
  await page.goto("/settings/providers");
  await expect(page.getByText("Bring a model of your own")).toBeVisible();
  await remove(mona, unique);
  expect((await page.goto("/admin/providers"))?.status()).toBe(404);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing, and all fits a phone, ${colorScheme}`, async ({ browsers, unique }) => {
    const page = await browsers.signIn("mona", { colorScheme, reducedMotion: "reduce", viewport: PHONE });
    const expectFits = async (where: string) => {
      await expectNoViolations(page, where);
      const [content, visible] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        window.innerWidth,
      ]);
      expect(content, `${where} is not wider than the screen`).toBe(visible);
    };
    for (const path of ["/settings/providers", "/admin/providers"]) {
      await page.goto(path);
      await expect(page.getByText(/^Bring (a model|models)/)).toBeVisible();
      await expectFits(`${path} without any`);
      await page.getByRole("button", { name: "Add provider" }).first().click();
      await panelOf(page).getByRole("button", { name: "Add header" }).click();
      await panelOf(page).getByRole("button", { name: "Add model" }).click();
      await panelOf(page).getByLabel("Kind").selectOption("azure");
      await expectFits(`the form on ${path}`);
      await panelOf(page).getByRole("button", { name: "Cancel" }).click();
    }
    await page.goto("/settings/providers");
    await fill(page, { name: unique, baseUrl: `${stack.modelUrl()}/v1`, model: "sim-small", key: KEY });
    await expect(page.getByRole("dialog", { name: `Test ${unique}` })).toBeVisible();
    await expectFits("the test");
    await page
      .getByRole("dialog", { name: `Test ${unique}` })
      .getByRole("button", { name: "Close" })
      .last()
      .click();
    await expectFits("the list");
    await tableOf(page).getByRole("row").filter({ hasText: unique }).click();
    await expect(page.getByText("One is stored")).toBeVisible();
    await expectFits("the form of a stored one");
    await page.keyboard.press("Escape");
    await remove(page, unique);
  });
}
