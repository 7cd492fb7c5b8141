import { chooseOnGithub, openChat, signInOnPage } from "../support/chat";
import { expect, test } from "../support/journey";
import { stack } from "../support/stack";

test("who is not on the list learns why, and the server knows nobody new", async ({ browsers }) => {
  const gated = await stack.startGated();
  const page = await browsers.open({ baseURL: gated.appUrl });
  await page.goto("/");
  await signInOnPage(page, "hubot");
  await expect(page).toHaveURL(/\/signin\?error=/);
  await expect(page.getByRole("alert").first()).toContainText("This account may not use Flightdeck");
  await page.goto("/");
  await expect(page).toHaveURL(/\/signin/);

  await signInOnPage(page, "mona");
  await expect(page).toHaveURL(`${gated.appUrl}/`);
  await expect(openChat(page).prompt).toBeVisible();
});

test("who cancels at GitHub comes back without harm", async ({ browsers }) => {
  const page = await browsers.open();
  await page.goto("/signin");
  await page.getByRole("button", { name: "Sign in with GitHub" }).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("status")).toContainText("You cancelled on GitHub");
  await signInOnPage(page, "mona");
  await expect(openChat(page).prompt).toBeVisible();
});

test("GitHub that falls silent during sign-in is named, and trying again works", async ({
  browsers,
  github,
}) => {
  const page = await browsers.open();
  await page.goto("/signin");
  await page.getByRole("button", { name: "Sign in with GitHub" }).click();
  // GitHub has just sent the browser back when it goes down: the address is taken where the browser would be sent.
  const choice = await page.getByRole("link", { name: /^mona/ }).getAttribute("href");
  const approval = await fetch(new URL(choice ?? "", stack.githubUrl()), { redirect: "manual" });
  const callback = approval.headers.get("location") ?? "";
  await github.control({ down: true });
  await page.goto(callback);
  await expect(page.getByRole("alert").first()).toContainText("GitHub does not answer");
  await github.control({ down: false });
  await signInOnPage(page, "mona");
  await expect(openChat(page).prompt).toBeVisible();
});

test("who opens a session signed out is brought back to it after signing in", async ({
  browsers,
  unique,
}) => {
  const chat = await browsers.openAs("mona");
  await chat.send(`short ${unique}`);
  await chat.endsAs("succeeded");
  const page = await browsers.open();
  await page.goto(chat.page.url());
  await expect(page).toHaveURL(/\/signin\?callbackUrl=/);
  await signInOnPage(page, "mona");
  await expect(page).toHaveURL(chat.page.url());
  await expect(openChat(page).lastTurn).toContainText(unique);
});

test("a login revoked elsewhere ends this page too, and what was being written is kept", async ({
  browsers,
  noise,
  unique,
}) => {
  const chat = await browsers.openAs("octocat");
  await chat.send(`short ${unique}`);
  await chat.endsAs("succeeded");
  const address = chat.page.url();
  const draft = `still writing ${unique}`;
  await chat.prompt.fill(draft);

  noise.allow(/answer 401.*\/api\/trpc\//, /status of 401/);
  const cookies = await chat.page.context().cookies();
  const elsewhere = await browsers.open();
  await elsewhere.context().addCookies(cookies);
  await elsewhere.goto("/");
  await elsewhere.getByRole("button", { name: "Account: octocat" }).click();
  await elsewhere.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(elsewhere).toHaveURL(/\/signin/);

  await chat.sendButton.click();
  await expect(chat.page).toHaveURL(/\/signin\?/);
  await expect(chat.page.getByRole("status")).toContainText("What you were writing is kept");
  await signInOnPage(chat.page, "octocat");
  await expect(chat.page).toHaveURL(address);
  await expect(chat.prompt).toHaveValue(draft);
  await expect(chat.turns).toHaveCount(1);
  await chat.sendButton.click();
  await expect(chat.turns).toHaveCount(2);
  await chat.endsAs("succeeded");
});

test("a suggested account is passed on to GitHub", async ({ browsers, noise }) => {
  const page = await browsers.open();
  await page.goto("/signin?login=hubot");
  await page.getByRole("button", { name: "Sign in with GitHub" }).click();
  await expect(page.getByRole("button", { name: "Account: hubot" })).toBeVisible();

  // The stand-in answers 404 for somebody it does not know, and lets the person choose.
  noise.allow(/404.*\/login\/oauth\/authorize/);
  const stranger = await browsers.open();
  await stranger.goto("/signin?login=nobody-here");
  await stranger.getByRole("button", { name: "Sign in with GitHub" }).click();
  await expect(stranger.getByRole("alert")).toContainText("There is nobody called");
  await chooseOnGithub(stranger, "octocat");
  await expect(stranger.getByRole("button", { name: "Account: octocat" })).toBeVisible();
});

test("the way back after signing in never leads to another website", async ({ browsers }) => {
  const page = await browsers.open();
  for (const callback of ["https://evil.example/", "//evil.example/", "/\\evil.example"]) {
    await page.goto(`/signin?callbackUrl=${encodeURIComponent(callback)}`);
    await expect(page.locator("input[name='callbackUrl']")).toHaveValue("/");
  }
  await signInOnPage(page, "mona");
  await expect(openChat(page).prompt).toBeVisible();
  await expect(page).toHaveURL(`${stack.appUrl()}/`);
});

test("the cookie of a login is out of reach for scripts and other websites", async ({ browsers }) => {
  const page = await browsers.open();
  await page.goto("/signin");
  await signInOnPage(page, "mona");
  await expect(openChat(page).prompt).toBeVisible();
  const login = (await page.context().cookies()).find((cookie) => cookie.name.endsWith("session-token"));
  expect(login).toMatchObject({ httpOnly: true, sameSite: "Lax" });
});
