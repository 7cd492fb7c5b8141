import { signInOnPage } from "../../support/chat";
import { expect, test } from "../../support/journey";

test("a revoked GitHub token ends the turn with “sign in again”; the prompt is kept and Retry works after it", async ({
  browsers,
  github,
  unique,
}) => {
  const chat = await browsers.openAs("hubot");
  await chat.send(`short ${unique}`);
  await chat.endsAs("succeeded");
  await github.control({ revokeLogin: "hubot" });
  const prompt = `count tokens=12 ${unique}`;
  await chat.send(prompt);
  await chat.endsAs("failed");
  await expect(chat.lastTurn).toContainText("sign in again");
  await expect(chat.lastTurn).toContainText(prompt);
  const address = chat.page.url();

  await chat.lastTurn.getByRole("link", { name: "Sign in again" }).click();
  await expect(chat.page.getByRole("alert").first()).toContainText("GitHub asks you to sign in again");
  await signInOnPage(chat.page, "hubot");
  await expect(chat.page).toHaveURL(address);
  await chat.retry();
  await chat.endsAs("succeeded");
  await chat.hasWholeCount(12);
  const strangers = (await github.log()).filter(
    (entry) => entry.sessionHint !== null && entry.tokenLogin !== "hubot",
  );
  expect(strangers, "model calls with another identity").toEqual([]);
});

for (const status of [402, 403]) {
  test(`no Copilot licence (${status} from the model) is told as it is, and Retry works once there is one`, async ({
    browsers,
    github,
    unique,
  }) => {
    const chat = await browsers.openAs("octocat");
    await github.control({ licence: { octocat: { status, where: "models" } } });
    await chat.send(`count tokens=9 ${unique}`);
    await chat.endsAs("failed");
    await expect(chat.lastTurn).toContainText("no Copilot access");
    await github.control({ licence: { octocat: null } });
    await chat.retry();
    await chat.endsAs("succeeded");
    await chat.hasWholeCount(9);
  });
}

const TROUBLES = [
  { name: "a rate limit", prompt: "error 429 retry=1 times=6 count tokens=9", says: "rate limit" },
  {
    name: "a model endpoint that is down",
    prompt: "down times=6 count tokens=9",
    says: "did not answer properly",
  },
  { name: "a request that the model rejects", prompt: "error 400 times=1 count tokens=9", says: "rejected" },
];

for (const { name, prompt, says } of TROUBLES) {
  test(`${name} ends the turn with its reason, and Retry works`, async ({ browsers, unique }) => {
    const chat = await browsers.openAs("mona");
    await chat.send(`${prompt} ${unique}`);
    await chat.endsAs("failed");
    await expect(chat.lastTurn).toContainText(says);
    await expect(chat.status).toContainText(says);
    await chat.retry();
    await chat.endsAs("succeeded");
    await chat.hasWholeCount(9);
    await expect(chat.retryButton).toHaveCount(0);
  });
}

test("an answer that was cut off is asked for again and stands there once", async ({ browsers, unique }) => {
  const chat = await browsers.openAs("mona");
  await chat.send(`cut times=1 count tokens=15 ${unique}`);
  await chat.endsAs("succeeded");
  await chat.hasWholeCount(15);
  await expect(chat.lastTurn.getByRole("paragraph").filter({ hasText: /^1 2 3/ })).toHaveCount(1);
  await chat.page.reload();
  await chat.hasWholeCount(15);
});

test("a model that never answers can be stopped", async ({ browsers, unique }) => {
  const chat = await browsers.openAs("mona");
  await chat.send(`hang ${unique}`);
  await expect(chat.lastTurn).toHaveAttribute("data-turn-status", "running");
  await chat.stopButton.click();
  await chat.endsAs("aborted");
});

test("GitHub that goes down later does not disturb people who are signed in", async ({
  browsers,
  github,
  unique,
}) => {
  const chat = await browsers.openAs("mona");
  await chat.send(`short ${unique}`);
  await chat.endsAs("succeeded");
  await github.control({ down: true });
  await chat.page.reload();
  await expect(chat.lastTurn).toContainText(unique);
  await github.control({ down: false });
  await chat.send("count tokens=5");
  await chat.endsAs("succeeded");
});
