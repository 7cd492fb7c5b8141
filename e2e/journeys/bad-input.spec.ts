import { expect, test } from "../support/journey";

const PROMPT_CHARS_MAX = 100_000;

test("a prompt without a visible character is not sent", async ({ browsers, github }) => {
  const chat = await browsers.openAs("mona");
  for (const nothing of ["", "   ", "\n\n\t "]) {
    await chat.prompt.fill(nothing);
    await expect(chat.sendButton).toBeDisabled();
    await chat.prompt.press("Enter");
  }
  await expect(chat.page).toHaveURL(/\/$/);
  expect((await github.log()).filter((entry) => entry.promptText !== undefined)).toEqual([]);
});

test("a prompt that is too long says by how much and stays in the field; the longest one works", async ({
  browsers,
  unique,
}) => {
  const chat = await browsers.openAs("mona");
  const start = `short ${unique} `;
  const longest = start + "x".repeat(PROMPT_CHARS_MAX - start.length);
  await chat.prompt.fill(`${longest}yy`);
  await expect(chat.page.getByText("2 characters too long")).toBeVisible();
  await expect(chat.sendButton).toBeDisabled();
  await chat.prompt.press("Enter");
  await expect(chat.page).toHaveURL(/\/$/);
  await expect(chat.prompt).toHaveValue(`${longest}yy`);

  await chat.prompt.press("Backspace");
  await chat.prompt.press("Backspace");
  await expect(chat.page.getByText("0 characters left")).toBeVisible();
  await chat.sendButton.click();
  await chat.endsAs("succeeded");
  await chat.lastTurn.getByRole("button", { name: "Show all" }).click();
  await expect(chat.lastTurn).toContainText("xxxxxxxxxx");
});

test("line breaks and surrounding space: Shift+Enter writes a line, Enter sends what is trimmed", async ({
  browsers,
  github,
}) => {
  const chat = await browsers.openAs("mona");
  await chat.prompt.pressSequentially("  short one");
  await chat.prompt.press("Shift+Enter");
  await chat.prompt.pressSequentially("line two  ");
  await chat.prompt.press("Enter");
  await chat.endsAs("succeeded");
  const prompts = (await github.log()).flatMap((entry) => entry.promptText ?? []);
  expect(prompts).toEqual(["short one\nline two"]);
});

test("a draft survives a reload and belongs to its session", async ({ browsers, unique }) => {
  const chat = await browsers.openAs("mona");
  await chat.send(`short ${unique}`);
  await chat.endsAs("succeeded");
  await chat.prompt.fill("half a thought");
  await chat.page.getByRole("button", { name: "New session" }).click();
  await expect(chat.prompt).toHaveValue("");
  await chat.row(unique).click();
  await expect(chat.prompt).toHaveValue("half a thought");
  await chat.page.reload();
  await expect(chat.prompt).toHaveValue("half a thought");
});

test("an address that names no session says so and leads on", async ({ browsers, noise }) => {
  noise.allow(/404.*sessions\.(get|watch)/);
  const addresses = [
    "/s/nothing",
    "/s/01890000-0000-7000-8000-000000000000",
    "/s/%3Cscript%3E",
    "/s/..%2F..%2Fetc",
  ];
  const chat = await browsers.openAs("mona");
  for (const address of addresses) {
    await chat.page.goto(address);
    await expect(chat.page.getByRole("heading", { name: "No such session" })).toBeVisible();
  }
  await chat.page.getByRole("button", { name: "Start a new session" }).click();
  await expect(chat.page).toHaveURL(/\/$/);
  await expect(chat.prompt).toBeVisible();
});

test("an address that does not exist answers 404 with a way out", async ({ browsers, noise }) => {
  noise.allow(/404.*\/no-such-page/);
  const chat = await browsers.openAs("mona", "/no-such-page");
  await expect(chat.page.getByRole("heading", { name: "This page does not exist" })).toBeVisible();
  await chat.page.getByRole("link", { name: "Go to the start page" }).click();
  await expect(chat.prompt).toBeVisible();
});
