import type { Page } from "@playwright/test";
import { expectNoViolations } from "../support/axe";
import { expect, test } from "../support/journey";
import { createProgram, signInByHttp } from "../support/program";
import { stack } from "../support/stack";

const TURN_MS = 30_000;

const jobsOf = (page: Page) => page.getByRole("table", { name: "Jobs" });
const rowOf = (page: Page, text: string) => jobsOf(page).getByRole("row").filter({ hasText: text });

async function createJob(page: Page, prompt: string): Promise<void> {
  await page.getByRole("button", { name: "New job" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New job" });
  await dialog.getByRole("textbox", { name: "Prompt" }).fill(prompt);
  await dialog.getByRole("button", { name: "Create job" }).click();
  await expect(dialog).toHaveCount(0);
}

test("a job runs in the background, and its answer is kept", async ({ browsers, unique }) => {
  const page = await browsers.signIn("mona");
  await page.goto("/");
  await page.getByRole("button", { name: "Account: mona" }).click();
  await page.getByRole("menuitem", { name: "Jobs" }).click();
  await createJob(page, `count tokens=8 rate=20 ${unique}`);

  const panel = page.getByRole("dialog", { name: "Job", exact: true });
  await expect(panel).toContainText("Running");
  await expect(panel.getByRole("region", { name: "Result" })).toHaveText("1 2 3 4 5 6 7 8", {
    timeout: TURN_MS,
  });
  await expect(panel).toContainText("Done");
  await expect(panel.getByRole("listitem")).toContainText("Answered");

  await panel.getByRole("link", { name: "Open session" }).click();
  await expect(page.getByRole("log", { name: "Conversation" })).toContainText(unique);
  await page.goBack();
  await page.keyboard.press("Escape");
  await expect(rowOf(page, unique)).toContainText("Done");
});

test("a job that runs is cancelled, and starts again when it is asked to", async ({ browsers, unique }) => {
  const page = await browsers.signIn("hubot");
  await page.goto("/jobs");
  await createJob(page, `count tokens=400 rate=10 ${unique}`);
  const panel = page.getByRole("dialog", { name: "Job", exact: true });
  await expect(panel).toContainText("Running");
  await panel.getByRole("button", { name: "Cancel job" }).click();
  await expect(panel).toContainText("Cancelled", { timeout: TURN_MS });
  await expect(panel.getByRole("listitem")).toContainText("Stopped");
  await panel.getByRole("button", { name: "Start again" }).click();
  await expect(panel.getByRole("button", { name: "Cancel job" })).toBeVisible();
  await panel.getByRole("button", { name: "Cancel job" }).click();
  await expect(panel.getByRole("button", { name: "Start again" })).toBeVisible({ timeout: TURN_MS });
});

test("a job that fails says why, after its attempts", async ({ browsers, unique }) => {
  const page = await browsers.signIn("octocat");
  await page.goto("/jobs");
  await createJob(page, `error 400 ${unique}`);
  const panel = page.getByRole("dialog", { name: "Job", exact: true });
  await expect(panel).toContainText("Failed", { timeout: TURN_MS });
  await expect(panel.getByRole("alert")).toContainText("rejected the request");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "State" }).click();
  await page
    .getByRole("menuitemradio", { name: "Failed" })
    .or(page.getByRole("menuitem", { name: "Failed" }))
    .click();
  await expect(rowOf(page, unique)).toContainText("Failed");
});

test("a program makes a job, and follows it to its end", async ({ unique }) => {
  const appUrl = stack.appUrl();
  const program = createProgram(appUrl, await signInByHttp(appUrl, "hubot"));
  const prompt = `count tokens=5 rate=20 ${unique}`;
  const input = { prompt, idempotencyKey: unique, metadata: { from: "a program" } };
  const { id: jobId } = await program.jobs.create.mutate(input);
  expect((await program.jobs.create.mutate(input)).id).toBe(jobId);
  const seen: string[] = [];
  await new Promise<void>((resolve, reject) => {
    program.jobs.watch.subscribe(
      { jobId },
      {
        onData: ({ data }) => void seen.push(data.status),
        onError: reject,
        onComplete: resolve,
      },
    );
  });
  expect(seen.at(-1)).toBe("succeeded");
  expect(await program.jobs.get.query({ jobId })).toMatchObject({ result: "1 2 3 4 5", attempts: 1 });
});

test("administrators see whose jobs there are and cancel them, and do not see their words", async ({
  browsers,
  unique,
}) => {
  const owner = await browsers.signIn("octocat");
  await owner.goto("/jobs");
  await createJob(owner, `count tokens=400 rate=10 ${unique}`);
  const panel = owner.getByRole("dialog", { name: "Job", exact: true });
  await expect(panel).toContainText("Running");

  const page = await browsers.signIn("mona");
  await page.goto("/admin/jobs?owner=octocat&state=running");
  const row = rowOf(page, "octocat").first();
  await expect(row).toContainText("Running");
  await expect(page.getByRole("main")).not.toContainText(unique);
  await row.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Cancel jobs" }).click();
  await page
    .getByRole("dialog", { name: /^Cancel octocat's job/ })
    .getByRole("button", { name: "Cancel job" })
    .click();
  await expect(panel).toContainText("Cancelled", { timeout: TURN_MS });
  await page.goto("/admin/audit?action=job.cancelled");
  await expect(page.getByRole("table", { name: "Audit log" })).toContainText("mona");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing on the pages of jobs, ${colorScheme}`, async ({ browsers, unique }) => {
    const narrow = colorScheme === "dark" && { viewport: { width: 360, height: 740 } };
    const page = await browsers.signIn("mona", { colorScheme, reducedMotion: "reduce", ...narrow });
    await page.goto("/jobs");
    await page.getByRole("button", { name: "New job" }).first().click();
    await expect(page.getByRole("dialog", { name: "New job" })).toBeVisible();
    await expectNoViolations(page, "the dialog of a new job");
    await page.keyboard.press("Escape");
    await createJob(page, `count tokens=3 rate=0 ${unique}`);
    const panel = page.getByRole("dialog", { name: "Job", exact: true });
    await expect(panel).toContainText("Done", { timeout: TURN_MS });
    await expectNoViolations(page, "what there is to know about a job");
    await page.keyboard.press("Escape");
    await expect(rowOf(page, unique)).toBeVisible();
    await expectNoViolations(page, "the list of jobs");
    const width = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(width, "pixels beyond the right edge").toBeLessThanOrEqual(0);
  });
}
