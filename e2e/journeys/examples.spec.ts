import { Client } from "pg";
import { buildClient } from "@/scripts/lib/client-package/build";
import { type Example, startExample } from "../support/example";
import { test as base, expect } from "../support/journey";
import { type CookieJar, createProgram, createToken, signInByHttp } from "../support/program";
import { stack } from "../support/stack";

type Hubot = { jar: CookieJar; program: ReturnType<typeof createProgram>; token: string };
type Examples = {
  hubot: Hubot;
  /** Starts an example with hubot's token; it is ended after the journey. */
  start(name: string, env?: Record<string, string>): Example;
};

const test = base.extend<Examples>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  hubot: async ({}, use) => {
    const jar = await signInByHttp(stack.appUrl(), "hubot");
    const token = await createToken(stack.appUrl(), jar, ["sessions:read", "sessions:write"]);
    await use({ jar, token, program: createProgram(stack.appUrl(), jar) });
  },
  start: async ({ hubot }, use) => {
    const running: Example[] = [];
    await use((name, env = {}) => {
      const settings = { FLIGHTDECK_URL: stack.appUrl(), FLIGHTDECK_TOKEN: hubot.token, ...env };
      const example = startExample(name, settings);
      running.push(example);
      return example;
    });
    for (const example of running) {
      example.kill("SIGKILL");
      await example.ended;
    }
  },
});

test.beforeAll(() => buildClient(process.cwd()));

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1).join(" ");

type Line = { sessionId?: string; text?: string; restarts?: boolean; done?: true; error?: { code: string } };

async function linesOf(response: Response): Promise<Line[]> {
  return (await response.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

const textOf = (lines: Line[]) =>
  lines.reduce((text, line) => (line.restarts ? "" : text) + (line.text ?? ""), "");

test("a web API streams answers, goes on in a session, and stops for who hangs up", async ({
  start,
  hubot,
}) => {
  const { program } = hubot;
  const [, port] = await start("express-api", { PORT: "0" }).says(/localhost:(\d+)/);
  const post = (body: unknown, signal?: AbortSignal) =>
    fetch(`http://127.0.0.1:${port}/ask`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });

  const lines = await linesOf(await post({ prompt: "count tokens=60 rate=60 tangerine" }));
  expect(textOf(lines)).toBe(numbers(60));
  expect(lines.filter(({ text }) => text).length).toBeGreaterThan(3);
  expect(lines.at(-1)).toEqual({ done: true });
  const sessionId = lines[0]?.sessionId ?? "";
  const again = await linesOf(await post({ prompt: "knows=tangerine", sessionId }));
  expect(textOf(again)).toBe("yes");
  expect(again[0]).toEqual({ sessionId });

  const leaving = new AbortController();
  const long = await post({ prompt: "count tokens=900 rate=20", sessionId }, leaving.signal);
  const reader = long.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let said = ""; !said.includes('"text"'); ) said += (await reader?.read())?.value ?? "";
  leaving.abort();
  await expect
    .poll(async () => (await program.sessions.get.query({ sessionId })).activeTurn, { timeout: 20_000 })
    .toBeNull();
  const { events } = await program.sessions.events.query({ sessionId });
  expect(events.findLast(({ type }) => type === "turn.ended")?.data).toMatchObject({ outcome: "aborted" });

  expect((await post({})).status).toBe(400);
  const nowhere = await linesOf(await post({ prompt: "x", sessionId: "no such session" }));
  expect(nowhere.at(-1)).toMatchObject({ error: { code: "session_not_found" } });
});

/** A database of its own beside that of the app. */
async function openDatabase(): Promise<{ url: string; database: Client }> {
  const url = new URL(stack.databaseUrl());
  const name = `worker_${process.pid}_${Date.now()}`;
  const admin = new Client({ connectionString: url.href });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  url.pathname = `/${name}`;
  const database = new Client({ connectionString: url.href });
  await database.connect();
  return { url: url.href, database };
}

test("a queue worker that is killed in mid-answer: the next one brings the same answer, asked once", async ({
  start,
  hubot,
}) => {
  const { program } = hubot;
  const { url, database } = await openDatabase();
  try {
    const first = start("queue-worker", { DATABASE_URL: url });
    const rows = async (sql: string) => (await database.query(sql)).rows;
    await expect.poll(() => rows("SELECT to_regclass('questions') AS t")).toEqual([{ t: "questions" }]);
    const prompts = ["count tokens=150 rate=30", "count tokens=5 rate=0", "error 400"];
    await database.query("INSERT INTO questions (prompt) SELECT unnest($1::text[])", [prompts]);

    let sessionId = "";
    await expect(async () => {
      [{ session_id: sessionId }] = await rows("SELECT session_id FROM questions ORDER BY id LIMIT 1");
      const { events } = await program.sessions.events.query({ sessionId });
      expect(events.some(({ type }) => type === "assistant.delta")).toBe(true);
    }).toPass({ timeout: 20_000 });
    first.kill("SIGKILL");
    await first.ended;
    expect(await rows("SELECT id FROM questions WHERE answer IS NOT NULL")).toEqual([]);

    start("queue-worker", { DATABASE_URL: url });
    await expect
      .poll(() => rows("SELECT answer, error FROM questions ORDER BY id"), { timeout: 60_000 })
      .toEqual([
        { answer: numbers(150), error: null },
        { answer: numbers(5), error: null },
        { answer: null, error: "model_rejected" },
      ]);
    const { events } = await program.sessions.events.query({ sessionId });
    expect(events.filter(({ type }) => type === "user.message")).toHaveLength(1);
  } finally {
    await database.end();
  }
});

test("a chat in the terminal streams, remembers, stops at Ctrl-C and leaves", async ({ start, hubot }) => {
  const chat = start("terminal-chat");
  await chat.says(/> /);
  chat.write("count tokens=40 rate=60 tangerine\n");
  await chat.says(new RegExp(`${numbers(40)}\n`));
  const asked = chat.said().length;
  chat.write("knows=tangerine\n");
  await chat.says(/yes\n/, asked);

  const before = chat.said().length;
  chat.write("count tokens=900 rate=20\n");
  await chat.says(/1 2 3/, before);
  chat.kill("SIGINT");
  await chat.says(/\[stopped\]\n/, before);
  await expect
    .poll(async () => (await hubot.program.sessions.list.query({ limit: 1 })).items[0]?.activeTurn)
    .toBeNull();

  const stopped = chat.said().length;
  chat.write("error 400\n");
  await chat.says(/\[model_rejected\] /, stopped);
  chat.kill("SIGINT");
  expect(await chat.ended).toBe(0);
});

test("a program with a token that is none is told so", async ({ start }) => {
  const chat = start("terminal-chat", { FLIGHTDECK_TOKEN: "nonsense" });
  chat.write("hello\n");
  await chat.says(/\[token_invalid\] /);
});
