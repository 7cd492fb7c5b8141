import { expectNoViolations } from "../support/axe";
import { openChat, signInOnPage } from "../support/chat";
import { expect, test } from "../support/journey";
import { stack } from "../support/stack";
import { standInAt } from "../support/stand-ins";

const PHONE = { width: 360, height: 740 };

for (const colorScheme of ["light", "dark"] as const) {
  test(`one identity for everybody is said on every page, in each session and in the audit log, ${colorScheme}`, async ({
    browsers,
    unique,
  }) => {
    const gated = await stack.startGated();
    const page = await browsers.open({ baseURL: gated.appUrl, colorScheme, reducedMotion: "reduce" });
    await page.goto("/");
    await signInOnPage(page, "mona");
    const notice = page.getByRole("complementary", { name: "Identity" });
    await expect(notice).toContainText("this server's own GitHub identity");

    const chat = openChat(page);
    await chat.send(`short ${unique}`);
    await chat.endsAs("succeeded");
    await expect(page.getByRole("main").getByText("Service identity", { exact: true })).toBeVisible();
    await expect(chat.lastTurn).toContainText("service identity");
    const asked = (await standInAt(gated.githubUrl).log()).filter(({ promptText }) =>
      promptText?.includes(unique),
    );
    expect(asked.map(({ tokenLogin }) => tokenLogin)).toEqual(["hubot"]);
    await expectNoViolations(page, "a session");
    await page.setViewportSize(PHONE);
    await expect(chat.prompt).toBeVisible();
    const [content, visible] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      window.innerWidth,
    ]);
    expect(content).toBe(visible);
    await page.setViewportSize({ width: 1280, height: 800 });

    await page.goto("/admin/audit");
    await expect(notice).toBeVisible();
    await page
      .getByRole("row")
      .filter({ hasText: "Used a token" })
      .filter({ hasText: "mona" })
      .first()
      .click();
    await expect(page.getByRole("dialog", { name: "Used a token" })).toContainText("github_service");
  });
}
