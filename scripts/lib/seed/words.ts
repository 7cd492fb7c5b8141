/** Words of which titles, prompts and answers are put together. */
export const VERBS = [
  ...["Fix", "Refactor", "Explain", "Add tests for", "Review", "Document", "Speed up", "Simplify", "Migrate"],
  ...["Debug", "Add logging to", "Find the leak in", "Add retries to", "Split up", "Write a migration for"],
  ...["Add types to", "Make idempotent:", "Add pagination to", "Remove dead code from", "Harden"],
];
export const THINGS = [
  ...[
    "the login flow",
    "the billing export",
    "the search index",
    "the invoice parser",
    "the webhook handler",
  ],
  ...["the session cache", "the nightly import", "the rate limiter", "the upload form", "the retry queue"],
  ...[
    "the CSV export",
    "the date picker",
    "the permission check",
    "the health endpoint",
    "the image resizer",
  ],
  ...[
    "the audit trail",
    "the mail templates",
    "the currency rounding",
    "the feature flags",
    "the order state machine",
  ],
  ...["the connection pool", "the GraphQL resolver", "the Terraform module", "the flaky checkout test"],
  ...[
    "the Dockerfile",
    "the CI pipeline",
    "the metrics dashboard",
    "the time zone handling",
    "the address validation",
  ],
];
export const PLACES = [
  ...["in the web app", "in checkout", "in the mobile API", "in the admin area", "in the data platform"],
  ...["for the Berlin team", "before the release", "on staging", "in the monorepo", "after the upgrade"],
  ...[
    "in the onboarding service",
    "for large customers",
    "in the reporting job",
    "on Windows",
    "in TypeScript",
  ],
];
export const DETAILS = [
  "Keep the public API as it is, and tell me what could break.",
  "It fails about once in a hundred runs. What would you look at first?",
  "Show me the smallest change that works, then a better one.",
  "We are on Node 20 and Postgres 16. No new dependencies, please.",
  "Please write it the way the rest of the folder does.",
  "The stack trace ends in `Promise.all`; I cannot see which call rejects.",
];
export const FOLLOW_UPS = [
  "Now add a test that fails without the change.",
  "Can you explain the second step in more detail?",
  "That works. What about an empty input?",
  "Rename the function so that it says what it does.",
  "Give me the commit message for this.",
  "Is there a race between the two calls?",
  "Do the same for the other handler.",
  "Which of these would you do first, and why?",
];
/** `{thing}` stands for what the conversation is about. */
export const ANSWERS = [
  "I looked at {thing}. The cause is that the result is read before the write has been committed.\n\n1. Await the write.\n2. Read in the same transaction.\n3. Add a test with two callers.\n\nThe first alone fixes what you see; the second keeps it fixed.",
  "Here is the smallest change for {thing}:\n\n```ts\nexport async function load(id: string): Promise<Row | null> {\n  const row = await store.find(id);\n  return row ?? null;\n}\n```\n\nCallers that relied on an exception now get `null`, so check the three places that call it.",
  "Two things stand out in {thing}: it does its work one item at a time, and it opens a connection for each. With one connection and batches of a hundred it should take seconds instead of minutes.",
  'A test for that:\n\n```ts\nit("keeps the order of what came first", async () => {\n  await Promise.all([add("a"), add("b")]);\n  expect(await list()).toEqual(["a", "b"]);\n});\n```\n\nIt fails on the current code of {thing}, and passes with the lock.',
  "Short answer: yes. {thing} retries without a limit, so one bad message blocks all that come after it. Give up after five attempts, and put the message aside where somebody sees it.",
  "I would leave {thing} as it is and change its caller: it knows the time zone, and {thing} does not. That is four lines, and no stored value changes.",
];
/** Causes of failures, the usual ones more often. */
export const FAILURES = [
  ...["rate_limited", "rate_limited", "rate_limited", "rate_limited", "rate_limited"],
  ...["model_unavailable", "model_unavailable", "model_unavailable", "model_unavailable"],
  ...["cli_server_lost", "cli_server_lost", "context_limit", "context_limit", "timed_out", "timed_out"],
  ...["interrupted", "fleet_exhausted", "copilot_not_licensed", "github_sign_in_required", "internal"],
];
/** What a bad day is bad by. */
export const INCIDENTS = ["rate_limited", "model_unavailable", "cli_server_lost"];
/** Models with how often they are picked; those that the stand-in for GitHub offers. */
export const MODELS = ["gpt-5.2", "gpt-5.2", "claude-sonnet-4.5", "claude-sonnet-4.5", "gpt-5-mini"];
