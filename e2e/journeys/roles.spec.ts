import type { Page } from "@playwright/test";
import { openChat, signInOnPage } from "../support/chat";
import { expect, test } from "../support/journey";
import { stack } from "../support/stack";
import { standInAt } from "../support/stand-ins";

/** The app looks every ten seconds for people who are to be read again. */
const REREAD_MS = 30_000;

type Me = { result: { data: { json: { role: string } } } };
const roleOf = async (page: Page) =>
  ((await (await page.request.get("/api/trpc/me.get")).json()) as Me).result.data.json.role;

test("who joins a team on GitHub comes in with its role, and is out soon after leaving it", async ({
  browsers,
  noise,
  unique,
}) => {
  const { appUrl, githubUrl } = await stack.startGated();
  const github = standInAt(githubUrl);
  const moveTo = (...places: string[]) => github.control({ memberships: { octocat: places } });
  const page = await browsers.open({ baseURL: appUrl });
  const chat = openChat(page);
  const alert = page.getByRole("alert").first();
  // The page of a refusal suggests the same account to GitHub, which then asks nothing.
  const tryAgain = () => page.getByRole("button", { name: "Sign in with GitHub" }).click();

  await test.step("an outsider is told why not", async () => {
    await page.goto("/");
    await signInOnPage(page, "octocat");
    await expect(page).toHaveURL(/\/signin\?error=not_a_member/);
    await expect(alert).toContainText("in none of the organisations and teams that may use this server");
  });

  await test.step("a member comes in, with the role of the team", async () => {
    await moveTo("octo-org/support");
    await tryAgain();
    await expect(chat.prompt).toBeVisible();
    expect(await roleOf(page)).toBe("auditor");
  });

  await test.step("who leaves is out, in mid-answer", async () => {
    await chat.send(`count tokens=2000 rate=10 ${unique}`);
    await chat.hasCountedTo(3);
    noise.allow(/answer 401.*\/api\/trpc\//, /status of 401/);
    await moveTo();
    await stack.rereadGated();
    await expect(page).toHaveURL(/\/signin\?/, { timeout: REREAD_MS });
    await signInOnPage(page, "octocat");
    await expect(alert).toContainText("Your access to Flightdeck has ended");
  });

  await test.step("who is a member again finds everything as it was left", async () => {
    await moveTo("octo-org/support");
    await tryAgain();
    await chat.row(unique).click();
    await chat.endsAs("aborted");
  });
  await github.control({ reset: true });
});
