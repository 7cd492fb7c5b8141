import { randomUUID } from "node:crypto";
import { TRPCError } from "@trpc/server";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CreateJobInput } from "@/lib/contracts/jobs";
import type { Me } from "@/lib/contracts/me";
import type { CreateProviderInput } from "@/lib/contracts/providers";
import { CreateScheduleInput } from "@/lib/contracts/schedules";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { storeToken } from "@/tests/support/callers";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import {
  createActor,
  hasEnded,
  startTestProcess,
  type TestProcess,
  watchUntil,
} from "@/tests/support/process";
import { servicesOf } from "@/tests/support/services";
import type { Context } from "./context";
import { appErrorOf } from "./errors";
import { appRouter, createCaller } from "./root";

type Ids = {
  sessionId: string;
  turnId: string;
  providerId: string;
  jobId: string;
  scheduleId: string;
  tokenId: string;
};

const PROVIDER: CreateProviderInput = {
  ...{ name: "private", kind: "compatible", wireApi: "completions", baseUrl: "https://private.example/v1" },
  ...{ azureApiVersion: null, key: "token-of-a-provider", headers: [], disabled: false },
  models: [{ id: "private-model", name: null, maxPromptTokens: null, maxOutputTokens: null }],
};

/** How each procedure is called with somebody's ids; null where it takes none. A procedure without a line here
 *  fails below. */
const WITH_IDS: Record<string, ((ids: Ids) => object) | null> = {
  "me.get": null,
  "models.list": null,
  "providers.list": null,
  "providers.create": null,
  "providers.update": ({ providerId }) => ({ providerId, version: 1, ...PROVIDER, name: "stolen" }),
  "providers.delete": ({ providerId }) => ({ providerId }),
  "providers.test": ({ providerId }) => ({ providerId, model: "private-model" }),
  "sessions.list": null,
  "sessions.create": null,
  "sessions.get": ({ sessionId }) => ({ sessionId }),
  "sessions.update": ({ sessionId }) => ({ sessionId, title: "stolen", archived: true, model: "x" }),
  "sessions.delete": ({ sessionId }) => ({ sessionId }),
  "sessions.events": ({ sessionId }) => ({ sessionId }),
  "sessions.watch": ({ sessionId }) => ({ sessionId }),
  "turns.send": ({ sessionId }) => ({ sessionId, prompt: "stolen", idempotencyKey: "first" }),
  "turns.abort": ({ sessionId }) => ({ sessionId }),
  "turns.get": ({ turnId }) => ({ turnId }),
  "turns.retry": ({ turnId }) => ({ turnId }),
  "jobs.create": ({ sessionId }) => ({ sessionId, prompt: "stolen", idempotencyKey: "first" }),
  "jobs.createMany": null,
  "jobs.list": null,
  "jobs.get": ({ jobId }) => ({ jobId }),
  "jobs.cancel": ({ jobId }) => ({ jobId }),
  "jobs.retry": ({ jobId }) => ({ jobId }),
  "jobs.watch": ({ jobId }) => ({ jobId }),
  "schedules.create": ({ sessionId }) => ({ sessionId, name: "n", cron: "@daily", prompt: "stolen" }),
  "schedules.list": null,
  "schedules.preview": null,
  "schedules.get": ({ scheduleId }) => ({ scheduleId }),
  "schedules.update": ({ scheduleId }) => ({ scheduleId, name: "stolen" }),
  "schedules.delete": ({ scheduleId }) => ({ scheduleId }),
  "schedules.pause": ({ scheduleId }) => ({ scheduleId }),
  "schedules.resume": ({ scheduleId }) => ({ scheduleId }),
  "schedules.runNow": ({ scheduleId }) => ({ scheduleId }),
  "schedules.runs": ({ scheduleId }) => ({ scheduleId }),
  "tokens.list": null,
  "tokens.create": null,
  "tokens.revoke": ({ tokenId }) => ({ id: tokenId }),
};
/** By what of a thing a procedure is called. */
const CODES = {
  ...{ sessionId: "session_not_found", turnId: "turn_not_found", id: "token_not_found" },
  ...{ jobId: "job_not_found", scheduleId: "schedule_not_found", providerId: "provider_not_found" },
} as const;

let database: TestDatabase;
let pool: FakePool;
let app: TestProcess;
let mona: Actor;
let hubot: Actor;
let failed: Ids;
let running: Ids;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createFakePool();
  app = startTestProcess(database, pool);
  [mona, hubot] = [await createActor(database, "mona"), await createActor(database, "hubot")];
  const { id: providerId } = await app.providers.own.create(mona, PROVIDER);
  const start = async () => {
    const { id: sessionId } = await app.sessions.create(mona, { title: "private" });
    const send = { sessionId, prompt: "private words", idempotencyKey: "first" };
    const { turnId } = await app.turns.send(mona, send);
    const asked = { prompt: "private job", idempotencyKey: randomUUID() };
    const job = await app.jobs.create(mona, CreateJobInput.parse(asked));
    const rule = { name: "private schedule", cron: "@daily", prompt: "private words" };
    const schedule = await app.schedules.create(mona, CreateScheduleInput.parse(rule));
    const { id: tokenId } = await storeToken(database, mona.ownerId, { name: "private", scopes: [] });
    return { sessionId, turnId, providerId, jobId: job.id, scheduleId: schedule.id, tokenId };
  };
  app.credentials.failure = new Error("no token");
  failed = await start();
  await watchUntil({ process: app, actor: mona, ...failed }, hasEnded(failed.turnId));
  app.credentials.failure = null;
  pool.first.autoAnswer = false;
  running = await start();
  await pool.first.prompted();
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

function contextOf(actor: Actor | null): Context {
  const services = servicesOf(app);
  return {
    services,
    actor,
    stopping: new AbortController().signal,
    reauthenticate: async () => actor,
    me: async (who): Promise<Me> => ({
      ...(await services.accounts.person(who)),
      github: "active",
      identity: "user",
      demo: false,
    }),
    log: pino({ level: "silent" }),
  };
}

/** What a caller gets: the answer, or the error as every wire sends it. A stream's first answer counts. */
async function call(actor: Actor | null, procedure: string, input: unknown): Promise<unknown> {
  const [room = "", name = ""] = procedure.split(".");
  const caller = createCaller(contextOf(actor)) as unknown as Record<
    string,
    Record<string, (input: unknown) => Promise<unknown>>
  >;
  try {
    const answer = await caller[room]?.[name]?.(input);
    const isStream = typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer;
    return isStream ? await (answer as AsyncIterable<unknown>)[Symbol.asyncIterator]().next() : answer;
  } catch (error) {
    const { code, http, details } = appErrorOf(error);
    const message = error instanceof TRPCError ? error.message : String(error);
    return { code, http, details, message: message.replace(/^\w*Error: /, "") };
  }
}

/** Everything there is in the database that a stranger could have changed. */
async function everything(): Promise<unknown> {
  const { copilotSession, turn, event, sessionTombstone, sessionHead, apiToken } = database.db;
  const { job, schedule, scheduleRun, provider } = database.db;
  const heads = await sessionHead.findMany({
    orderBy: { sessionId: "asc" },
    select: { sessionId: true, lastSeq: true, fence: true },
  });
  return [
    heads,
    await copilotSession.findMany({ orderBy: { id: "asc" } }),
    await turn.findMany({ orderBy: { id: "asc" } }),
    await event.findMany({ orderBy: [{ sessionId: "asc" }, { seq: "asc" }] }),
    await sessionTombstone.findMany(),
    await job.findMany({ orderBy: { id: "asc" } }),
    await schedule.findMany({ orderBy: { id: "asc" } }),
    await scheduleRun.findMany({ orderBy: { id: "asc" } }),
    await apiToken.findMany({ orderBy: { id: "asc" } }),
    await provider.findMany({ orderBy: { id: "asc" } }),
  ];
}

const idsOf = (make: (field: keyof Ids) => string): Ids => ({
  sessionId: make("sessionId"),
  turnId: make("turnId"),
  providerId: make("providerId"),
  jobId: make("jobId"),
  scheduleId: make("scheduleId"),
  tokenId: make("tokenId"),
});

// What is not a person's own is another matter: see access.integration.test.ts.
const PROCEDURES = Object.keys(appRouter._def.procedures).filter((path) => !path.startsWith("admin."));
const TAKING_IDS = PROCEDURES.filter((procedure) => WITH_IDS[procedure]);

it("every procedure has its case here", () => {
  expect(PROCEDURES.toSorted()).toEqual(Object.keys(WITH_IDS).toSorted());
});

describe("another person's ids", () => {
  it.each(TAKING_IDS)(
    "are answered by %s exactly as unknown and malformed ones, and change nothing",
    async (procedure) => {
      const input = WITH_IDS[procedure];
      const before = await everything();
      const [taken] = Object.keys(input?.(failed) ?? {}) as (keyof typeof CODES)[];
      const unknown = await call(hubot, procedure, input?.(idsOf(() => randomUUID())));
      expect(unknown).toMatchObject({ http: 404, code: CODES[taken ?? "sessionId"] });
      const malformed = ["", "x", "' OR 1=1 --", "../..", "\u0000", "🙂", running.sessionId.slice(1)];
      for (const ids of [
        failed,
        running,
        idsOf((field) => running[field].toUpperCase()),
        {
          ...{ ...running, sessionId: running.turnId, turnId: running.sessionId },
          ...{ jobId: running.scheduleId, providerId: running.sessionId },
        },
        ...malformed.map((id) => idsOf(() => id)),
      ])
        expect(await call(hubot, procedure, input?.(ids))).toEqual(unknown);
      expect(await everything()).toEqual(before);
    },
  );

  it("appear in nothing that a person sees of their own", async () => {
    const own = await call(hubot, "sessions.create", { title: "hubot's" });
    expect(own).toMatchObject({ title: "hubot's" });
    const all = await Promise.all([
      call(hubot, "sessions.list", {}),
      call(hubot, "sessions.list", { query: "private" }),
      call(hubot, "sessions.list", { archived: true }),
      call(hubot, "me.get", undefined),
      call(hubot, "models.list", undefined),
      call(hubot, "jobs.list", {}),
      call(hubot, "schedules.list", undefined),
      call(hubot, "tokens.list", undefined),
      call(hubot, "providers.list", undefined),
    ]);
    const text = JSON.stringify(all);
    const ids = [failed.sessionId, running.sessionId, failed.providerId, failed.tokenId, mona.ownerId];
    for (const secret of [...ids, "private", "token of", "token-of"]) expect(text).not.toContain(secret);
    const asked = pool.first.calls.filter((each) => each.method === "models");
    expect(asked.map((each) => each.token)).toEqual([`token of ${hubot.ownerId}`]);
  });

  it("in a cursor open nothing", async () => {
    const page = await app.sessions.list(mona, { archived: false, limit: 1 });
    expect(page.nextCursor).not.toBeNull();
    const answer = await call(hubot, "sessions.list", { cursor: page.nextCursor });
    expect(JSON.stringify(answer)).not.toContain("private");
  });

  it("of a provider, as the model of one's own session, are as one that is not there", async () => {
    const model = `provider:${failed.providerId}/private-model`;
    const { id: sessionId } = await app.sessions.create(hubot, { model });
    const { turnId } = await app.turns.send(hubot, { sessionId, prompt: "x", idempotencyKey: "k" });
    const events = await watchUntil({ process: app, actor: hubot, sessionId }, hasEnded(turnId));
    expect(events.at(-1)?.data).toMatchObject({ outcome: "failed", code: "provider_not_available" });
    expect(pool.first.calls.filter((each) => each.sessionId === sessionId)).toEqual([]);
  });

  it("are answered to their owner", async () => {
    const own = [
      "sessions.get",
      "sessions.events",
      "turns.get",
      "jobs.get",
      "schedules.get",
      "tokens.revoke",
    ];
    for (const procedure of own)
      expect(await call(mona, procedure, WITH_IDS[procedure]?.(failed))).not.toMatchObject({ http: 404 });
  });
});

it.each(PROCEDURES)("%s answers not_signed_in to whoever is not", async (procedure) => {
  const before = await everything();
  for (const input of [WITH_IDS[procedure]?.(failed), undefined, { nonsense: true }])
    expect(await call(null, procedure, input)).toMatchObject({ http: 401, code: "not_signed_in" });
  expect(await everything()).toEqual(before);
});
