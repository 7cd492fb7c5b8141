import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import superjson from "superjson";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Env } from "@/server/platform/env";
import type { Actor } from "@/server/platform/scope";
import type { Services } from "@/server/trpc/context";
import { createFakePool } from "@/tests/fakes/copilot-pool";
import { storeToken } from "@/tests/support/callers";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { createActor, startTestProcess, type TestProcess } from "@/tests/support/process";
import { servicesOf } from "@/tests/support/services";
import { answerWatch } from "./http";

/** Within which a token that has ended is in force no more, wherever. */
const IN_FORCE_MS = 5_000;
const APP_URL = "http://localhost:3000";

let database: TestDatabase;
/** Serves the streams; what happens to a token happens in the other process. */
let here: TestProcess;
let there: TestProcess;
let services: Services;
let server: Server;
let mona: Actor;
let sessionId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  [here, there] = [
    startTestProcess(database, createFakePool()),
    startTestProcess(database, createFakePool()),
  ];
  services = servicesOf(there);
  const env = { APP_URL, TRUSTED_PROXIES: 0, FLIGHTDECK_DEMO: false } as Env;
  const stopping = new AbortController().signal;
  const serving = { env, log: pino({ level: "silent" }), services: servicesOf(here), stopping };
  server = createServer((request, response) => void answerWatch(serving, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  await here?.[Symbol.asyncDispose]();
  await there?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  mona = await createActor(database);
  sessionId = (await here.sessions.create(mona, {})).id;
});

/** A watch with an API token that has shown its first event. `ended`: what it said after that, and when it was over. */
async function open(token: string) {
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}/api/trpc/sessions.watch`);
  url.searchParams.set("input", superjson.stringify({ sessionId }));
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  async function read(): Promise<boolean> {
    const { value, done } = (await reader?.read()) ?? { done: true };
    text += value ?? "";
    return !done;
  }
  async function shows(words: string): Promise<void> {
    while (!text.includes(words)) if (!(await read())) throw new Error(`it ended without ${words}: ${text}`);
  }
  await Promise.all([here.known(1), there.known(1)]);
  await here.sessions.update(mona, { sessionId, title: "at first" });
  await shows("at first");
  return {
    shows,
    close: () => reader?.cancel(),
    async ended(): Promise<{ text: string; atMs: number }> {
      while (await read());
      return { text, atMs: performance.now() };
    },
  };
}

const token = (ends: { expiresAt?: Date } = {}) =>
  storeToken(database, mona.ownerId, { scopes: ["sessions:read"], ...ends });

it("a token that is revoked in another process closes its streams, and no other's", async () => {
  const [one, other] = [await token(), await token()];
  const [closing, staying] = [await open(one.token), await open(other.token)];
  const atMs = performance.now();
  await services.apiTokens.revoke(mona, one.id);
  const ended = await closing.ended();
  expect(ended.text).toContain('"app":{"code":"token_revoked"');
  expect(ended.atMs - atMs).toBeLessThan(IN_FORCE_MS);
  await here.sessions.update(mona, { sessionId, title: "after that" });
  await staying.shows("after that");
  expect(ended.text).not.toContain("after that");
  await staying.close();
});

it("a token that expires closes its streams, on which nothing happens", async () => {
  const expiresAt = new Date(Date.now() + 2_000);
  const stream = await open((await token({ expiresAt })).token);
  const { text } = await stream.ended();
  expect(text).toContain('"app":{"code":"token_expired"');
  const lateMs = Date.now() - expiresAt.getTime();
  expect(lateMs).toBeGreaterThanOrEqual(0);
  expect(lateMs).toBeLessThan(IN_FORCE_MS);
});

it("whoever is disabled has no stream with a token any more", async () => {
  const stream = await open((await token()).token);
  const boss = await createActor(database);
  const atMs = performance.now();
  const { results } = await services.admin.people.disable(boss, [mona.ownerId]);
  expect(results).toEqual([{ id: mona.ownerId, ok: true }]);
  const ended = await stream.ended();
  expect(ended.text).toContain('"app":{"code":"token_revoked"');
  expect(ended.atMs - atMs).toBeLessThan(IN_FORCE_MS);
});
