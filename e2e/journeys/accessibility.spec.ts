import { expectNoViolations } from "../support/axe";
import { expectColoured, openChat } from "../support/chat";
import { expectFocusVisible, walkTo } from "../support/focus";
import { expect, test } from "../support/journey";

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing on any page or dialog, ${colorScheme}`, async ({ browsers, unique }) => {
    const signIn = await browsers.open({ colorScheme });
    await signIn.goto("/signin?error=github_unavailable");
    await expect(signIn.getByRole("alert").first()).toBeVisible();
    await expectNoViolations(signIn, "the sign-in page");

    const chat = await browsers.openAs("mona", "/", { colorScheme, reducedMotion: "reduce" });
    const { page } = chat;
    await expect(chat.prompt).toBeVisible();
    await expectNoViolations(page, "the start page");
    await chat.send(`markdown rate=0 ${unique}`);
    await chat.endsAs("succeeded");
    await chat.send("error 400");
    await chat.endsAs("failed");
    for (const code of await chat.conversation.locator("pre code[data-language]").all()) {
      await expectColoured(code);
    }
    await expectNoViolations(page, "a conversation with an answer and a failure");

    await page.getByRole("button", { name: /^Model: / }).click();
    await expect(page.getByRole("listbox", { name: "Models" })).toBeVisible();
    await expectNoViolations(page, "the model picker");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Account: mona" }).click();
    await expect(page.getByRole("menu")).toBeVisible();
    await expectNoViolations(page, "the account menu");
    await page.getByRole("menuitem", { name: "Keyboard shortcuts" }).click();
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    await expectNoViolations(page, "the shortcuts");
    await page.keyboard.press("Escape");
    await chat.action("Delete");
    await expect(page.getByRole("dialog", { name: "Delete this session?" })).toBeVisible();
    await expectNoViolations(page, "the question before deleting");
  });
}

const ADMIN_PAGES = [
  { path: "/admin", shows: "Turns" },
  { path: "/admin/sessions", shows: "Title" },
  { path: "/admin/jobs", shows: "Job" },
  { path: "/admin/people", shows: "Last seen" },
  { path: "/admin/fleet", shows: "Ready" },
  { path: "/admin/clean-up", shows: "Nothing is deleted by itself" },
  { path: "/admin/audit", shows: "Signed in" },
];

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing on the pages of administrators, ${colorScheme}`, async ({ browsers }) => {
    const page = await browsers.signIn("mona", { colorScheme, reducedMotion: "reduce" });
    for (const { path, shows } of ADMIN_PAGES) {
      await page.goto(path);
      await expect(page.getByRole("main").getByText(shows).filter({ visible: true }).first()).toBeVisible();
      await expectNoViolations(page, path);
    }
    await page.getByRole("row").nth(1).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectNoViolations(page, "what an event of the audit log says");
  });
}

test("the main journey works by keyboard alone, with focus always visible and never lost", async ({
  browsers,
  unique,
}) => {
  const page = await browsers.open();
  const chat = openChat(page);
  const keys = page.keyboard;

  await test.step("sign in", async () => {
    await page.goto("/");
    await walkTo(page.getByRole("button", { name: "Sign in with GitHub" }));
    await keys.press("Enter");
    const mona = page.getByRole("link", { name: /^mona/ });
    await expect(mona).toBeVisible();
    await walkTo(mona);
    await keys.press("Enter");
    await expect(chat.prompt).toBeFocused();
  });

  await test.step("pick a model and come back to the prompt", async () => {
    await walkTo(page.getByRole("button", { name: /^Model: / }));
    await keys.press("Enter");
    await expect(page.getByRole("combobox", { name: "Find a model" })).toBeFocused();
    await keys.press("ArrowDown");
    await keys.press("Enter");
    await expect(chat.prompt).toBeFocused();
  });

  await test.step("send, stop with Escape, send again", async () => {
    await keys.type(`count tokens=400 rate=20 ${unique}`);
    await keys.press("Enter");
    await chat.hasCountedTo(3);
    await expect(chat.prompt).toBeFocused();
    await keys.press("Escape");
    await chat.endsAs("aborted");
    await expect(chat.prompt).toBeFocused();
    await keys.type("code, please");
    await keys.press("Enter");
    await expect(chat.turns).toHaveCount(2);
    await chat.endsAs("succeeded");
    await expect(chat.prompt).toBeFocused();
  });

  await test.step("copy the code of the answer", async () => {
    await walkTo(chat.lastTurn.getByRole("button", { name: "Copy code" }).first(), "Shift+Tab");
    await keys.press("Enter");
    await expect(chat.lastTurn.getByRole("status").filter({ hasText: "Copied" })).toHaveCount(1);
  });

  await test.step("find the session and rename it", async () => {
    await keys.press("Control+k");
    await expect(page.getByRole("searchbox", { name: "Search sessions" })).toBeFocused();
    await keys.type(unique);
    await expect(chat.sidebar.getByRole("link", { name: unique })).toHaveCount(1);
    await keys.press("ArrowDown");
    await expect(chat.row(unique)).toBeFocused();
    await keys.press("F2");
    await expect(page.getByRole("textbox", { name: "Session title" })).toBeFocused();
    await keys.press("Control+a");
    await keys.type(`By keyboard ${unique}`);
    await keys.press("Enter");
    await expect(chat.title).toHaveText(`By keyboard ${unique}`);
    await expectFocusVisible(page);
  });

  await test.step("delete it, after a look at Cancel", async () => {
    const row = chat.row(`By keyboard ${unique}`);
    await keys.press("Control+k");
    await keys.press("ArrowDown");
    await expect(row).toBeFocused();
    const dialog = page.getByRole("dialog", { name: "Delete this session?" });
    await keys.press("Delete");
    await expect(dialog).toBeVisible();
    await keys.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(row).toBeFocused();
    await keys.press("Delete");
    await walkTo(dialog.getByRole("button", { name: "Delete" }), "Tab", 5);
    await keys.press("Enter");
    await expect(dialog).toBeHidden();
    await expect(row).toHaveCount(0);
    await expectFocusVisible(page);
  });

  await test.step("start anew and sign out", async () => {
    await keys.press("Control+Shift+o");
    await expect(chat.prompt).toBeFocused();
    await walkTo(page.getByRole("button", { name: "Account: mona" }), "Shift+Tab");
    await keys.press("Enter");
    await expect(page.getByRole("menu")).toBeVisible();
    await keys.press("End");
    await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeFocused();
    await keys.press("Enter");
    await expect(page).toHaveURL(/\/signin/);
  });
});

test("a screen reader is told that an answer began and ended, not every token", async ({
  browsers,
  unique,
}) => {
  const chat = await browsers.openAs("mona");
  await chat.send(`short ${unique}`);
  await chat.endsAs("succeeded");
  // Whatever lies in a live region counts, whoever put it there.
  await chat.page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { flightdeckSaid: said });
    const isLive = (node: Node | null) =>
      (node instanceof Element ? node : node?.parentElement)?.closest(
        '[aria-live="polite"], [aria-live="assertive"], [role="status"], [role="alert"], [role="log"]:not([aria-live="off"])',
      );
    new MutationObserver((records) => {
      for (const { target } of records) if (isLive(target)) said.push(target.textContent ?? "");
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await expect(chat.conversation).toHaveAttribute("aria-live", "off");
  await chat.send("count tokens=200 rate=100");
  await expect(chat.turns).toHaveCount(2);
  await chat.endsAs("succeeded");
  await expect(chat.status).toHaveText("Answer complete");
  const said = await chat.page.evaluate(
    () => (window as unknown as { flightdeckSaid: string[] }).flightdeckSaid,
  );
  expect(said).toContain("Copilot is answering");
  expect(said.length, `announced: ${said.join(" / ")}`).toBeLessThanOrEqual(6);
  expect(
    said.filter((text) => /\d+ \d+/.test(text)),
    "tokens that were announced",
  ).toEqual([]);
});

test("who asked for less motion gets none", async ({ browsers, unique }) => {
  const chat = await browsers.openAs("mona", "/", { reducedMotion: "reduce" });
  await chat.page.evaluate(() => {
    const moving: string[] = [];
    Object.assign(window, { flightdeckMoving: moving });
    const look = () => {
      for (const animation of document.getAnimations()) {
        const { duration, iterations } = animation.effect?.getComputedTiming() ?? {};
        if (Number(duration) > 10 || Number(iterations) > 1) moving.push(`${duration} ms × ${iterations}`);
      }
      requestAnimationFrame(look);
    };
    look();
  });
  await chat.send(`delay=500 count tokens=40 rate=40 ${unique}`);
  await chat.endsAs("succeeded");
  await chat.page.getByRole("button", { name: "Account: mona" }).click();
  await expect(chat.page.getByRole("menu")).toBeVisible();
  const moving = await chat.page.evaluate(
    () => (window as unknown as { flightdeckMoving: string[] }).flightdeckMoving,
  );
  expect([...new Set(moving)]).toEqual([]);
});
