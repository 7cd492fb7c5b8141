import { markdownText } from "@/e2e/simulators/model/text-markdown";
import { type Chat, expectColoured, openChat, signInOnPage } from "../support/chat";
import { recordGrowth } from "../support/growth";
import { expect, test } from "../support/journey";

declare global {
  interface Window {
    /** What the sample would set if anything in it could run. */
    __flightdeckInjected?: string;
  }
}

/** Fewer than this many pictures of a growing answer are not a stream. */
const STREAM_STATES_MIN = 5;

async function expectFormatted({ lastTurn }: Chat): Promise<void> {
  for (const name of ["one", "two", "three", "four", "five", "six"]) {
    await expect(lastTurn.getByRole("heading", { name: `Heading ${name}` })).toHaveCount(1);
  }
  const table = lastTurn.getByRole("table");
  await expect(table.getByRole("columnheader")).toHaveText(["Column", "Centre", "Right"]);
  await expect(table.getByRole("row")).toHaveCount(4);
  await expect(lastTurn.getByRole("strong").filter({ hasText: /^bold$/ })).toHaveCount(1);
  await expect(lastTurn.getByRole("link", { name: "link with a title" })).toHaveAttribute(
    "href",
    "https://docs.github.com/copilot",
  );
  await expect(lastTurn.getByRole("listitem").filter({ hasText: "Nested deeper" }).first()).toBeVisible();
  await expect(lastTurn.getByRole("blockquote").first()).toContainText("A quotation that goes on");
}

async function expectHighlighted({ lastTurn }: Chat): Promise<void> {
  for (const language of ["ts", "python", "bash", "json", "diff"]) {
    const code = lastTurn.locator(`pre code[data-language="${language}"]`);
    await expectColoured(code);
    const colours = () =>
      code
        .locator("span")
        .evaluateAll((spans) => new Set(spans.map((span) => getComputedStyle(span).color)).size);
    await expect.poll(colours, { message: `colours in the ${language} block` }).toBeGreaterThanOrEqual(2);
  }
  await expect(lastTurn.locator("pre code").last()).toContainText("<b>not bold</b> & not escaped twice.");
}

async function expectHarmless({ page, conversation }: Chat): Promise<void> {
  await expect(conversation.locator("script, iframe, object, embed, style")).toHaveCount(0);
  await expect(conversation.locator("[href^='javascript:' i], [src^='javascript:' i]")).toHaveCount(0);
  const handlers = await conversation
    .locator("*")
    .evaluateAll((elements) =>
      elements.flatMap((element) => element.getAttributeNames().filter((name) => name.startsWith("on"))),
    );
  expect(handlers, "inline event handlers in an answer").toEqual([]);
  expect(await page.evaluate(() => window.__flightdeckInjected)).toBeUndefined();
}

test("a person signs in, picks a model and watches a formatted answer arrive", async ({
  browsers,
  github,
}) => {
  const page = await browsers.open({ permissions: ["clipboard-read", "clipboard-write"] });
  const chat = openChat(page);

  await test.step("sign in with GitHub", async () => {
    await page.goto("/");
    await expect(page).toHaveURL(/\/signin/);
    await signInOnPage(page, "mona");
    await expect(page).toHaveURL(/\/$/);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Mona");
    await expect(page.getByText("Demo: GitHub and the models are stand-ins")).toBeVisible();
  });

  await test.step("start a session with another model than the default", async () => {
    await page.getByRole("button", { name: "New session" }).click();
    await expect(chat.prompt).toBeFocused();
    await chat.pickModel("GPT-5 mini");
    const growth = await recordGrowth(page);
    await chat.send("markdown, please");
    await expect(page).toHaveURL(/\/s\/[\w-]+$/);
    await chat.endsAs("succeeded");
    expect(await growth.seen(), "states of the answer seen while it arrived").toBeGreaterThan(
      STREAM_STATES_MIN,
    );
  });

  await test.step("the answer is formatted, highlighted, harmless and complete", async () => {
    await expectFormatted(chat);
    await expectHighlighted(chat);
    await expectHarmless(chat);
    const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    expect(width[0], "a long line of code does not make the page wider").toBe(width[1]);
    await chat.lastTurn.getByRole("button", { name: "Copy", exact: true }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(markdownText);
  });

  await test.step("the chosen model gave it", async () => {
    await expect(chat.lastTurn).toContainText("GPT-5 mini");
    const calls = (await github.log()).filter((entry) => entry.promptText?.includes("markdown, please"));
    expect(calls.map((entry) => [entry.model, entry.tokenLogin])).toEqual([["gpt-5-mini", "mona"]]);
  });
});

test("an answer can be stopped, and what had arrived stays", async ({ browsers, github }) => {
  const chat = await browsers.openAs("mona");
  await chat.send("count tokens=400 rate=20");
  await chat.hasCountedTo(5);
  await chat.stopButton.click();
  await chat.endsAs("aborted");
  await expect(chat.lastTurn).toContainText("You stopped this answer.");
  await expect(chat.sendButton).toBeVisible();
  const numbers = await chat.counted();
  expect(numbers.length).toBeLessThan(400);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  await expect
    .poll(async () => (await github.log()).find((entry) => entry.script === "count")?.aborted)
    .toBe(true);

  await chat.page.reload();
  expect((await chat.lastTurn.textContent())?.includes("You stopped this answer.")).toBe(true);
  await chat.send("short");
  await chat.endsAs("succeeded");
});

test("a reload in mid-answer loses nothing and repeats nothing", async ({ browsers }) => {
  const chat = await browsers.openAs("mona");
  await chat.send("count tokens=120 rate=30");
  await chat.hasCountedTo(10);
  await chat.page.reload();
  await expect(chat.lastTurn).toHaveAttribute("data-turn-status", "running");
  await chat.hasCountedTo(20);
  await chat.page.reload();
  await chat.endsAs("succeeded");
  await chat.hasWholeCount(120);
  await expect(chat.turns).toHaveCount(1);
});

test("sessions are renamed, archived, brought back, found and deleted; then the person signs out", async ({
  browsers,
  unique,
}) => {
  const chat = await browsers.openAs("hubot");
  const { page, sidebar } = chat;
  const named = `Release plan ${unique}`;
  await chat.send(`short ${unique}`);
  await chat.endsAs("succeeded");
  const address = page.url();

  await test.step("rename", async () => {
    await chat.action("Rename");
    await page.getByRole("textbox", { name: "Session title" }).fill(named);
    await page.keyboard.press("Enter");
    await expect(chat.title).toHaveText(named);
    await expect(chat.row(named)).toBeVisible();
    await page.reload();
    await expect(chat.title).toHaveText(named);
    const inList = sidebar.getByRole("textbox", { name: "Session title" });
    await chat.row(named).hover();
    await sidebar.getByRole("button", { name: `Actions for ${named}` }).click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await inList.fill("never saved");
    await page.keyboard.press("Escape");
    await expect(inList).toBeHidden();
    await expect(chat.title).toHaveText(named);
  });

  await test.step("archive: it leaves the list, keeps its address and can be brought back", async () => {
    await chat.action("Archive");
    await expect(page.getByText("Session archived")).toBeVisible();
    await expect(chat.row(named)).toHaveCount(0);
    await sidebar.getByRole("button", { name: "Archived sessions" }).click();
    await chat.row(named).click();
    await expect(page).toHaveURL(address);
    await expect(page.getByText("This session is archived.")).toBeVisible();
    await chat.action("Bring back");
    await expect(chat.row(named)).toHaveCount(0);
    await sidebar.getByRole("button", { name: "Back to sessions" }).click();
    await expect(chat.row(named)).toBeVisible();
  });

  await test.step("find by title", async () => {
    await chat.search(`PLAN ${unique}`);
    await expect(sidebar.getByRole("link", { name: unique })).toHaveCount(1);
    await expect(chat.row(named)).toBeVisible();
    await chat.search(`nothing like ${unique}`);
    await expect(sidebar.getByRole("status")).toContainText("No session has");
    await sidebar.getByRole("button", { name: "Clear search" }).click();
    await expect(chat.row(named)).toBeVisible();
  });

  await test.step("delete, after a question", async () => {
    await chat.action("Delete");
    const dialog = page.getByRole("dialog", { name: "Delete this session?" });
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(chat.row(named)).toBeVisible();
    await chat.action("Delete");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(/\/$/);
    await expect(chat.row(named)).toHaveCount(0);
  });

  await test.step("sign out", async () => {
    await sidebar.getByRole("button", { name: "Account: hubot" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/signin\?signedOut/);
    await expect(page.getByRole("status")).toContainText("You are signed out");
    await page.goto("/");
    await expect(page).toHaveURL(/\/signin/);
  });
});
