import { expect, type Locator, type Page } from "@playwright/test";

/** Longest time a turn of a few seconds may take on a busy machine. */
const TURN_MS = 20_000;

/** The chat page as a person sees it: things are found by their role and name. */
export function openChat(page: Page) {
  const conversation = page.getByRole("log", { name: "Conversation" });
  const prompt = page.getByRole("textbox", { name: "Prompt" });
  const turns = conversation.locator("article[data-turn-status]");
  const lastTurn = turns.last();
  const sendButton = page.getByRole("button", { name: "Send", exact: true });
  const retryButton = conversation.getByRole("button", { name: "Retry" });
  const sidebar = page.getByRole("navigation", { name: "Sessions" });
  // A streamed count is one paragraph: 1 2 3 …
  const countOf = (turn: Locator) => turn.getByRole("paragraph").filter({ hasText: /^1( \d+)*$/ });

  return {
    page,
    conversation,
    prompt,
    turns,
    lastTurn,
    sidebar,
    sendButton,
    stopButton: page.getByRole("button", { name: "Stop", exact: true }),
    retryButton,
    title: page.getByRole("main").getByRole("heading", { level: 1 }),
    /** The line that tells screen readers what became of the answer. */
    status: page.getByRole("status", { name: "Answer status" }),

    async send(text: string): Promise<void> {
      await prompt.fill(text);
      await sendButton.click();
    },

    async endsAs(status: "succeeded" | "failed" | "aborted", ms = TURN_MS): Promise<void> {
      await expect(lastTurn, "the last turn has ended").toHaveAttribute(
        "data-turn-status",
        /succeeded|failed|aborted/,
        {
          timeout: ms,
        },
      );
      await expect(lastTurn).toHaveAttribute("data-turn-status", status);
    },

    /** Presses Retry; from then on the new attempt is the last turn. */
    async retry(): Promise<void> {
      const failed = (await lastTurn.getAttribute("data-turn-id")) ?? "";
      await retryButton.click();
      await expect(lastTurn).not.toHaveAttribute("data-turn-id", failed);
    },

    /** Waits until at least `count` numbers of a `count` answer have arrived. */
    async hasCountedTo(count: number): Promise<void> {
      await expect(countOf(lastTurn)).toContainText(new RegExp(`\\b${count}\\b`), { timeout: TURN_MS });
    },

    /** The numbers of the last turn's answer, as they stand on the page. */
    async counted(turn: Locator = lastTurn): Promise<number[]> {
      return ((await countOf(turn).textContent()) ?? "").split(" ").map(Number);
    },

    /** Every number exactly once, in order: nothing was lost and nothing came twice. */
    async hasWholeCount(count: number): Promise<void> {
      const wanted = Array.from({ length: count }, (_, index) => index + 1).join(" ");
      await expect(countOf(lastTurn)).toHaveText(wanted);
    },

    /** Presses a button of the open session's header: "Rename", "Archive", "Bring back", "Delete". */
    async action(name: string): Promise<void> {
      await page.getByRole("main").getByRole("button", { name, exact: true }).first().click();
    },

    row: (title: string) => sidebar.getByRole("link", { name: title }),

    async search(text: string): Promise<void> {
      await page.getByRole("searchbox", { name: "Search sessions" }).fill(text);
    },

    async pickModel(name: string): Promise<void> {
      await page.getByRole("button", { name: /^Model: / }).click();
      await page.getByRole("option", { name }).click();
    },
  };
}

/** Scrolls to a block of code and waits for its colours, which come when it is near. */
export async function expectColoured(code: Locator): Promise<void> {
  await expect(async () => {
    // A page that is still loading may scroll on to the end of the conversation.
    await code.scrollIntoViewIfNeeded();
    await expect(code.locator("span").first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: TURN_MS });
}

export type Chat = ReturnType<typeof openChat>;

/** Chooses `login` on the page on which GitHub asks who one is. */
export async function chooseOnGithub(page: Page, login: string): Promise<void> {
  await expect(page.getByRole("heading", { name: /^Authorize / })).toBeVisible();
  await page.getByRole("link", { name: new RegExp(`^${login}`) }).click();
}

/** Presses "Sign in with GitHub" on the sign-in page and chooses `login`. */
export async function signInOnPage(page: Page, login: string): Promise<void> {
  await page.getByRole("button", { name: "Sign in with GitHub" }).click();
  await chooseOnGithub(page, login);
}
