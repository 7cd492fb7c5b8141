import type { Page } from "@playwright/test";
import { expectNoViolations } from "../../support/axe";
import { walkTo } from "../../support/focus";
import { expect, test } from "../../support/journey";
import { stack } from "../../support/stack";

const PHONE = { width: 360, height: 740 };
const FROM_HERE = /from (127\.0\.0\.1|::1)/;

/** What a program gets for a call with a token. */
async function call(token: string, path: string): Promise<{ http: number; code?: string; login?: string }> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${stack.appUrl()}/api/trpc/${path}`, { headers });
  const { result, error } = (await response.json()) as {
    result?: { data: { json: { login?: string } } };
    error?: { json: { data: { app: { code: string } } } };
  };
  return { http: response.status, ...(error ? { code: error.json.data.app.code } : result?.data.json) };
}

const panelOf = (page: Page) => page.getByRole("region", { name: /^Copy/ });
const tokenIn = async (page: Page) => (await panelOf(page).getByText(/^fd_/).textContent()) ?? "";

test("a token is made in two clicks, shown once, used by a program, and refused as soon as it is revoked", async ({
  browsers,
}) => {
  const page = await browsers.openAs("hubot").then((chat) => chat.page);
  await page.getByRole("button", { name: "Account: hubot" }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await expect(page).toHaveURL(/\/settings\/tokens$/);
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(panelOf(page)).toBeFocused();
  const token = await tokenIn(page);
  const row = page
    .getByRole("table", { name: "API tokens" })
    .getByRole("row")
    .filter({ hasText: token.slice(0, 8) });
  await expect(row).toContainText("sessions:write");
  await expect(row).toContainText("Never");

  expect(await call(token, "me.get")).toMatchObject({ http: 200, login: "hubot" });
  expect(await call(token, "sessions.list")).toMatchObject({ http: 200 });
  for (const path of ["tokens.list", "admin.people.list"]) {
    expect(await call(token, path)).toEqual({ http: 403, code: "token_out_of_scope" });
  }
  expect(await call(`${token.slice(0, -1)}_`, "me.get")).toEqual({ http: 401, code: "token_invalid" });

  await expect(async () => {
    await page.reload();
    await expect(row).toContainText(FROM_HERE, { timeout: 1_000 });
  }).toPass();
  await expect(page.getByText(token)).toHaveCount(0);

  await row.getByRole("button", { name: /^Revoke/ }).click();
  await page
    .getByRole("dialog", { name: "Revoke this token?" })
    .getByRole("button", { name: "Revoke token" })
    .click();
  await expect(row).toHaveCount(0);
  expect(await call(token, "me.get")).toEqual({ http: 401, code: "token_revoked" });
});

test("a token and a login on one request are refused, and so is a page of another website", async ({
  browsers,
}) => {
  const page = await browsers.signIn("hubot");
  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("button", { name: "Create token" }).click();
  const authorization = `Bearer ${await tokenIn(page)}`;
  const { origin } = new URL(page.url());
  const mixed = await page.request.get("/api/trpc/me.get", { headers: { authorization } });
  expect(mixed.status()).toBe(400);
  expect(await mixed.text()).toContain("mixed_credentials");
  const foreign = await fetch(`${origin}/api/trpc/sessions.create`, {
    method: "POST",
    headers: {
      ...{ authorization, "content-type": "application/json" },
      ...{ origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    },
    body: JSON.stringify({ json: {} }),
  });
  expect(foreign.status).toBe(403);
  // No header lets a page of another website read an answer.
  const preflight = await fetch(`${origin}/api/trpc/me.get`, {
    method: "OPTIONS",
    headers: { origin: "https://evil.example", "access-control-request-headers": "authorization" },
  });
  expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
});

test("only who has a part in the administration is offered a token for it", async ({ browsers }) => {
  for (const [login, offered] of [
    ["mona", 1],
    ["octocat", 0],
  ] as const) {
    const page = await browsers.signIn(login);
    await page.goto("/settings/tokens");
    await page.getByRole("button", { name: "New token" }).click();
    await expect(page.getByRole("checkbox", { name: "sessions:write" })).toBeVisible();
    await expect(page.getByRole("checkbox", { name: "admin" })).toHaveCount(offered);
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the page teaches who has no token, by keyboard alone and on a phone, ${colorScheme}`, async ({
    browsers,
  }) => {
    const page = await browsers.signIn("octocat", { colorScheme, reducedMotion: "reduce", viewport: PHONE });
    await page.goto("/settings/tokens");
    await expect(page.getByText("No token yet")).toBeVisible();
    await expect(page.getByText(`curl -H "Authorization: Bearer fd_…" ${stack.appUrl()}/api/`)).toBeVisible();
    await expectNoViolations(page, "the page without a token");

    await walkTo(page.getByRole("button", { name: "New token" }));
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "New API token" });
    for (const scope of ["sessions:read", "sessions:write"]) {
      await walkTo(dialog.getByRole("checkbox", { name: scope }));
      await page.keyboard.press("Space");
    }
    await walkTo(dialog.getByRole("button", { name: "Create token" }));
    await page.keyboard.press("Enter");
    await expect(dialog.getByRole("alert")).toContainText("at least one");
    await expectNoViolations(page, "the dialog for a new token");
    await walkTo(dialog.getByRole("checkbox", { name: "sessions:read" }), "Shift+Tab");
    await page.keyboard.press("Space");
    await walkTo(dialog.getByRole("button", { name: "Create token" }));
    await page.keyboard.press("Enter");
    await expect(panelOf(page)).toBeFocused();
    const revoke = page.getByRole("button", { name: /^Revoke Token of/ });
    await expect(revoke).toBeVisible();
    await expectNoViolations(page, "a token that was just made");
    const [content, visible] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      window.innerWidth,
    ]);
    expect(content, "the page is not wider than the screen").toBe(visible);

    await walkTo(panelOf(page).getByRole("button", { name: "Done" }));
    await page.keyboard.press("Enter");
    await expect(panelOf(page)).toHaveCount(0);
    await expect(revoke).toBeInViewport();
    await walkTo(revoke);
    await page.keyboard.press("Enter");
    const asking = page.getByRole("dialog", { name: "Revoke this token?" });
    await expectNoViolations(page, "the question before a token ends");
    await walkTo(asking.getByRole("button", { name: "Revoke token" }));
    await page.keyboard.press("Enter");
    await expect(page.getByText("No token yet")).toBeVisible();
  });
}
