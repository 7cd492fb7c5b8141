import { randomUUID } from "node:crypto";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAccounts } from "@/server/domain/accounts/service";
import { createAccountStore } from "@/server/domain/accounts/store";
import { systemClock } from "@/server/platform/clock";
import type { Actor } from "@/server/platform/scope";
import { createFakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import {
  createActor,
  hasEnded,
  startTestProcess,
  type TestProcess,
  watchUntil,
} from "@/tests/support/process";
import type { Context } from "./context";
import { appErrorOf } from "./errors";
import { appRouter, createCaller } from "./root";

type Ids = { sessionId: string; turnId: string };
type Caller = ReturnType<typeof createCaller>;
type Call = (caller: Caller, ids: Ids) => Promise<unknown>;

/** What every procedure that takes an id is called with. A subscription is read until its first event. */
const WITH_AN_ID: Record<string, Call> = {
  "sessions.get": (caller, { sessionId }) => caller.sessions.get({ sessionId }),
  "sessions.update": (caller, { sessionId }) => caller.sessions.update({ sessionId, title: "mine now" }),
  "sessions.delete": (caller, { sessionId }) => caller.sessions.delete({ sessionId }),
  "sessions.events": (caller, { sessionId }) => caller.sessions.events({ sessionId }),
  "sessions.watch": async (caller, { sessionId }) => {
    for await (const event of await caller.sessions.watch({ sessionId })) return event;
  },
  "turns.send": (caller, { sessionId }) =>
    caller.turns.send({ sessionId, prompt: "hello", idempotencyKey: "taken" }),
  "turns.abort": (caller, { sessionId }) => caller.turns.abort({ sessionId }),
  "turns.get": (caller, { turnId }) => caller.turns.get({ turnId }),
  "turns.retry": (caller, { turnId }) => caller.turns.retry({ turnId }),
};

/** Procedures without an id: they answer about the caller alone. */
const ABOUT_THE_CALLER: Record<string, (caller: Caller) => Promise<unknown>> = {
  "me.get": (caller) => caller.me.get(),
  "models.list": (caller) => caller.models.list(),
  "sessions.list": (caller) => caller.sessions.list({ query: "secret" }),
  "sessions.create": (caller) => caller.sessions.create({}),
};

let database: TestDatabase;
let process: TestProcess;
let owner: Actor;
let stranger: Actor;
let theirs: Ids;

const NO_LISTS = { ALLOWED_LOGINS: [], ALLOWED_ORGS: [], ADMIN_LOGINS: [] };
const log = pino({ level: "silent" });

function callerOf(actor: Actor | null): Caller {
  const { sessions, turns, fleet, credentials } = process;
  const me: Context["me"] = async ({ ownerId, login, isAdmin }) => ({
    ...{ id: ownerId, login, isAdmin, name: null, image: null },
    ...{ github: "active", demo: false },
  });
  const accounts = createAccounts({
    store: createAccountStore(database.db),
    lists: NO_LISTS,
    clock: systemClock,
  });
  const services = { accounts, sessions, turns, fleet, credentials };
  return createCaller({ services, log, actor, reauthenticate: async () => actor, me });
}

async function answerTo(call: Promise<unknown>): Promise<unknown> {
  try {
    return { value: await call };
  } catch (error) {
    return { ...appErrorOf(error), message: error instanceof Error ? error.message : error };
  }
}

/** Everything that another person could have changed. */
const snapshot = async () => ({
  sessions: await database.db.copilotSession.findMany({
    where: { ownerId: owner.ownerId },
    include: { head: true },
  }),
  turns: await database.db.turn.findMany({ where: { sessionId: theirs.sessionId } }),
  events: await database.db.event.findMany({
    where: { sessionId: theirs.sessionId },
    orderBy: { seq: "asc" },
  }),
});

beforeAll(async () => {
  database = await createTestDatabase();
  const pool = createFakePool();
  process = startTestProcess(database, pool);
  [owner, stranger] = await Promise.all([createActor(database), createActor(database)]);
  const session = await process.sessions.create(owner, { title: "A secret plan" });
  const [server] = pool.servers;
  if (server) server.autoAnswer = true;
  const input = { sessionId: session.id, prompt: "hello", idempotencyKey: "taken" };
  const { turnId } = await process.turns.send(owner, input);
  await watchUntil({ process, actor: owner, sessionId: session.id }, hasEnded(turnId));
  // The lease is written by the runner's upkeep; without it nothing changes by itself any more.
  await process.runner.stop();
  theirs = { sessionId: session.id, turnId };
});

afterAll(async () => {
  await process?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

describe("people apart", () => {
  it("has a case here for every procedure", () => {
    const known = [...Object.keys(WITH_AN_ID), ...Object.keys(ABOUT_THE_CALLER)];
    expect(Object.keys(appRouter._def.procedures).sort()).toEqual(known.sort());
  });

  it.each(Object.entries(WITH_AN_ID))(
    "%s answers another person's id exactly as an unknown and a malformed one, and changes nothing",
    async (_, call) => {
      const before = await snapshot();
      const caller = callerOf(stranger);
      const notMine = await answerTo(call(caller, theirs));
      const unknown = await answerTo(call(caller, { sessionId: randomUUID(), turnId: randomUUID() }));
      const malformed = await answerTo(call(caller, { sessionId: "../etc", turnId: "'; --" }));
      expect(notMine).toMatchObject({ http: 404, code: expect.stringMatching(/^(session|turn)_not_found$/) });
      expect(unknown).toEqual(notMine);
      expect(malformed).toEqual(notMine);
      expect(await snapshot()).toEqual(before);
    },
  );

  it("shows a person nothing of others in lists, and gives what they create to them alone", async () => {
    const caller = callerOf(stranger);
    expect(await caller.sessions.list({ query: "secret" })).toEqual({ items: [], nextCursor: null });
    const { id } = await caller.sessions.create({});
    expect((await callerOf(owner).sessions.list({})).items.map((session) => session.id)).not.toContain(id);
    expect((await caller.me.get()).id).toBe(stranger.ownerId);
  });

  it.each([...Object.entries(WITH_AN_ID), ...Object.entries(ABOUT_THE_CALLER)])(
    "%s is closed to whoever is signed out",
    async (_, call) => {
      const answer = await answerTo(call(callerOf(null), theirs));
      expect(answer).toMatchObject({ http: 401, code: "not_signed_in" });
    },
  );

  it.each(Object.entries(WITH_AN_ID))("%s is open to the owner", async (name, call) => {
    // Deleting comes last, so that the others still find the session.
    if (name === "sessions.delete") return;
    const answer = await answerTo(call(callerOf(owner), theirs));
    expect(answer).not.toMatchObject({ http: 404 });
  });

  it("sessions.delete is open to the owner", async () => {
    expect(await answerTo(callerOf(owner).sessions.delete(theirs))).toEqual({ value: undefined });
  });
});
