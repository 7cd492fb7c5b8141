import type { RequestLogEntry } from "@/e2e/simulators/request-log";
import { expect, type Login, test } from "../support/journey";

const LOGINS: Login[] = ["mona", "hubot", "octocat"];

test("two browsers on one session see the same, live", async ({ browsers, noise, unique }) => {
  const laptop = await browsers.openAs("mona");
  await laptop.send(`short ${unique}`);
  await laptop.endsAs("succeeded");
  const { pathname } = new URL(laptop.page.url());
  const phone = await browsers.openAs("mona", pathname);
  await expect(phone.turns).toHaveCount(1);

  await laptop.send("count tokens=100 rate=20");
  await phone.hasCountedTo(5);
  await expect(phone.lastTurn).toHaveAttribute("data-turn-status", "running");
  for (const chat of [laptop, phone]) {
    await chat.endsAs("succeeded");
    await chat.hasWholeCount(100);
  }

  await test.step("a prompt from either appears in the other", async () => {
    await phone.send("count tokens=7");
    for (const chat of [laptop, phone]) {
      await expect(chat.turns).toHaveCount(3);
      await chat.endsAs("succeeded");
      await chat.hasWholeCount(7);
    }
    expect(await laptop.conversation.getAttribute("data-seq")).toBe(
      await phone.conversation.getAttribute("data-seq"),
    );
  });

  await test.step("either can stop an answer", async () => {
    await laptop.send("count tokens=400 rate=20");
    await phone.hasCountedTo(3);
    await phone.stopButton.click();
    for (const chat of [laptop, phone]) await chat.endsAs("aborted");
    expect(await laptop.counted()).toEqual(await phone.counted());
  });

  await test.step("a new title shows in both", async () => {
    const title = `Renamed ${unique}`;
    await laptop.action("Rename");
    await laptop.page.getByRole("textbox", { name: "Session title" }).fill(title);
    await laptop.page.keyboard.press("Enter");
    for (const chat of [laptop, phone]) {
      await expect(chat.title).toHaveText(title);
      await expect(chat.row(title)).toBeVisible();
    }
  });

  await test.step("deleted in one, it is gone in the other", async () => {
    noise.allow(/answer 404.*sessions\.get/, /status of 404/);
    await laptop.action("Delete");
    await laptop.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(phone.page.getByRole("heading", { name: "No such session" })).toBeVisible();
  });
});

test("somebody else's session looks like one that does not exist", async ({ browsers, noise, unique }) => {
  const mona = await browsers.openAs("mona");
  await mona.send(`short ${unique}`);
  await mona.endsAs("succeeded");
  const { pathname } = new URL(mona.page.url());

  noise.allow(/answer 404.*sessions\.(get|watch)/, /status of 404/);
  const unknown = await browsers.openAs("hubot", "/s/00000000-0000-4000-8000-000000000000");
  await expect(unknown.page.getByRole("heading", { name: "No such session" })).toBeVisible();
  const hubot = await browsers.openAs("hubot", pathname);
  await expect(hubot.page.getByRole("heading", { name: "No such session" })).toBeVisible();
  await expect(hubot.page.getByText(unique)).toHaveCount(0);
  expect(await hubot.page.getByRole("main").textContent()).toBe(
    await unknown.page.getByRole("main").textContent(),
  );
  await hubot.search(unique);
  await expect(hubot.sidebar.getByRole("status")).toContainText("No session has");
});

test("three people chat at once, and every call carries the token of its own person", async ({
  browsers,
  github,
  unique,
}) => {
  const chats = await Promise.all(
    LOGINS.map(async (login) => ({ login, chat: await browsers.openAs(login) })),
  );
  const promptOf = (login: Login, turn: number) => `count tokens=30 rate=20 ${unique} ${login} ${turn}`;
  for (const turn of [1, 2]) {
    await Promise.all(chats.map(({ login, chat }) => chat.send(promptOf(login, turn))));
    for (const { chat } of chats) {
      await expect(chat.turns).toHaveCount(turn);
      await chat.endsAs("succeeded");
      await chat.hasWholeCount(30);
    }
  }

  const log = await github.log();
  const modelCalls = log.filter((entry) => entry.promptText?.includes(unique));
  const told = (entry: RequestLogEntry) => `${entry.tokenLogin}: ${entry.promptText}`;
  expect(modelCalls.map(told).sort()).toEqual(
    LOGINS.flatMap((login) => [1, 2].map((turn) => `${login}: ${promptOf(login, turn)}`)).sort(),
  );
  const owners = new Map<string, Set<string | null>>();
  for (const entry of log.filter((each) => each.sessionHint !== null)) {
    const session = entry.sessionHint ?? "";
    owners.set(session, (owners.get(session) ?? new Set()).add(entry.tokenLogin));
  }
  expect([...owners.values()].map((logins) => [...logins]).sort(), "tokens in each session").toEqual(
    LOGINS.map((login) => [login]).sort(),
  );
  // Whatever else the CLI asked: never without a person, never with two tokens for one person.
  const byCli = log.filter((entry) => /^\/(copilot_internal|models|chat|responses|v1|mcp)/.test(entry.path));
  const tokens = new Set(byCli.map((entry) => `${entry.tokenLogin} ${entry.tokenHash}`));
  expect([...tokens].map((token) => token.split(" ")[0]).sort()).toEqual([...LOGINS].sort());
});
