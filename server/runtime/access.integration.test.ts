import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import superjson from "superjson";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasRole, type Role } from "@/lib/contracts/roles";
import { covers, type NeededScope } from "@/lib/contracts/scopes";
import type { Env } from "@/server/platform/env";
import type { Actor } from "@/server/platform/scope";
import { PROCEDURES as DECLARED } from "@/server/trpc/root";
import { createFakePool } from "@/tests/fakes/copilot-pool";
import { CALLERS, type Caller, type CallerName, introduce, storeToken } from "@/tests/support/callers";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import {
  createActor,
  hasEnded,
  startTestProcess,
  type TestProcess,
  watchUntil,
} from "@/tests/support/process";
import { servicesOf } from "@/tests/support/services";
import { answerTrpc, answerWatch, type Serving } from "./http";

/** Things that a call can be about: a session, a failed turn and an API token of the owner, and a person with nothing. */
type Things = { sessionId: string; turnId: string; tokenId: string; personId: string };
const NO_THINGS: Things = { sessionId: "", turnId: "", tokenId: "", personId: "" };

/** How each procedure is called; `owned`: about what is the owner's. A procedure without a line here fails below. */
const CALLS: Record<string, { owned?: true; input(things: Things): unknown }> = {
  "me.get": { input: () => undefined },
  "models.list": { input: () => undefined },
  "sessions.list": { input: () => ({}) },
  "sessions.create": { input: () => ({}) },
  "sessions.get": { owned: true, input: ({ sessionId }) => ({ sessionId }) },
  "sessions.update": { owned: true, input: ({ sessionId }) => ({ sessionId, title: "new" }) },
  "sessions.delete": { owned: true, input: ({ sessionId }) => ({ sessionId }) },
  "sessions.events": { owned: true, input: ({ sessionId }) => ({ sessionId }) },
  "sessions.watch": { owned: true, input: ({ sessionId }) => ({ sessionId }) },
  "turns.send": {
    owned: true,
    input: ({ sessionId }) => ({ sessionId, prompt: "x", idempotencyKey: randomUUID() }),
  },
  "turns.abort": { owned: true, input: ({ sessionId }) => ({ sessionId }) },
  "turns.get": { owned: true, input: ({ turnId }) => ({ turnId }) },
  "turns.retry": { owned: true, input: ({ turnId }) => ({ turnId }) },
  "tokens.list": { input: () => undefined },
  "tokens.create": { input: () => ({ name: "x", scopes: ["sessions:write"], days: 1 }) },
  "tokens.revoke": { owned: true, input: ({ tokenId }) => ({ id: tokenId }) },
  "admin.overview": { input: () => ({ from: new Date(Date.now() - DAY_MS), to: new Date() }) },
  "admin.people.list": { input: () => ({}) },
  "admin.people.update": { input: ({ personId }) => ({ ids: [personId], turnsMax: 3 }) },
  "admin.people.disable": { input: ({ personId }) => ({ ids: [personId] }) },
  "admin.people.enable": { input: ({ personId }) => ({ ids: [personId] }) },
  "admin.people.signOut": { input: ({ personId }) => ({ ids: [personId] }) },
  "admin.sessions.list": { input: () => ({}) },
  "admin.sessions.get": { input: ({ sessionId }) => ({ sessionId }) },
  "admin.sessions.export": { input: () => ({}) },
  "admin.sessions.transcript": { input: ({ sessionId }) => ({ sessionId, reason: "a reason to read" }) },
  "admin.sessions.stop": { input: ({ sessionId }) => ({ ids: [sessionId] }) },
  "admin.sessions.detach": { input: ({ sessionId }) => ({ ids: [sessionId] }) },
  "admin.sessions.move": { input: ({ sessionId }) => ({ ids: [sessionId], server: "cli-1" }) },
  "admin.sessions.archive": { input: ({ sessionId }) => ({ ids: [sessionId] }) },
  "admin.sessions.delete": { input: ({ sessionId }) => ({ ids: [sessionId] }) },
  "admin.fleet.list": { input: () => undefined },
  "admin.fleet.add": { input: () => ({ address: `${randomUUID()}.invalid:4141` }) },
  "admin.fleet.drain": { input: () => ({ ids: ["cli-1"] }) },
  "admin.fleet.resume": { input: () => ({ ids: ["cli-1"] }) },
  "admin.fleet.restart": { input: () => ({ ids: ["cli-1"] }) },
  "admin.fleet.remove": { input: () => ({ ids: ["cli-2.invalid:4141"] }) },
  "admin.retention.get": { input: () => undefined },
  "admin.retention.update": { input: () => ({ rules: [] }) },
  "admin.retention.preview": { input: () => ({}) },
  "admin.retention.run": { input: () => undefined },
  "admin.retention.runs": { input: () => ({}) },
  "admin.audit.list": { input: () => ({}) },
  "admin.audit.export": { input: () => ({}) },
};

const APP_URL = "http://localhost:3000";
const DAY_MS = 86_400_000;
const NAMES = Object.keys(CALLERS) as CallerName[];

let database: TestDatabase;
let app: TestProcess;
let serving: Serving;
let server: Server;
let owner: Actor;
const headers = new Map<CallerName, Record<string, string>>();

beforeAll(async () => {
  database = await createTestDatabase();
  app = startTestProcess(database, createFakePool());
  const env = { APP_URL, TRUSTED_PROXIES: 0, FLIGHTDECK_DEMO: false } as Env;
  const log = pino({ level: "silent" });
  serving = { env, log, services: servicesOf(app), stopping: new AbortController().signal };
  server = createServer((request, response) => void answerWatch(serving, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  owner = await createActor(database);
  for (const name of NAMES) headers.set(name, await introduce(database, CALLERS[name], owner));
});

afterAll(async () => {
  await new Promise((resolve) => server?.close(resolve));
  await app?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

/** The name of the token that is one of them; each takes the place of the one before. */
const THING = "thing";

async function makeThings(): Promise<Things> {
  const { id: sessionId } = await app.sessions.create(owner, {});
  app.credentials.failure = new Error("no token");
  const { turnId } = await app.turns.send(owner, { sessionId, prompt: "x", idempotencyKey: "first" });
  await watchUntil({ process: app, actor: owner, sessionId }, hasEnded(turnId));
  app.credentials.failure = null;
  await database.db.apiToken.deleteMany({ where: { name: THING } });
  const { id: tokenId } = await storeToken(database, owner.ownerId, { name: THING, scopes: [] });
  return { sessionId, turnId, tokenId, personId: (await createActor(database)).ownerId };
}

/** `code`: of the error table; undefined where the call was answered. */
type Answer = { http: number; code?: string };
type Wire = "alone" | "batch";

let calls = 0;
/** Each call comes from an address of its own: wrong tokens are counted by address. */
function headersOf(caller: CallerName): Record<string, string> {
  calls += 1;
  const address = `10.0.${calls >> 8}.${calls & 0xff}`;
  const json = { "content-type": "application/json", "x-flightdeck-peer": address };
  return { origin: APP_URL, ...json, ...headers.get(caller) };
}

type Sent = { error?: { json: { data: { httpStatus: number; app: { code: string } } } } };
const answerOf = ({ error }: Sent): Answer =>
  error ? { http: error.json.data.httpStatus, code: error.json.data.app.code } : { http: 200 };

async function call(caller: CallerName, path: string, input: unknown, wire: Wire): Promise<Answer[]> {
  const isQuery = DECLARED[path]?._def.type === "query";
  const one = superjson.serialize(input);
  const body = JSON.stringify(wire === "batch" ? { 0: one, 1: one } : one);
  const url = new URL(`/api/trpc/${wire === "batch" ? `${path},${path}?batch=1` : path}`, APP_URL);
  if (isQuery) url.searchParams.set("input", body);
  const request = new Request(url, {
    headers: headersOf(caller),
    ...(isQuery ? {} : { method: "POST", body }),
  });
  const answered = (await (await answerTrpc(serving, request)).json()) as Sent | Sent[];
  return [answered].flat().map(answerOf);
}

/** What the first event of a watch says. */
async function watch(caller: CallerName, input: unknown): Promise<Answer[]> {
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}/api/trpc/sessions.watch`);
  url.searchParams.set("input", JSON.stringify(superjson.serialize(input)));
  const stop = new AbortController();
  const response = await fetch(url, { headers: headersOf(caller), signal: stop.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!/"code":"\w+_\w+"|event: serialized-error|\nid: /.test(text)) {
    const { value, done } = (await reader?.read()) ?? { done: true };
    if (done) break;
    text += value;
  }
  stop.abort();
  const code = /"app":\{"code":"(\w+)"/.exec(text)?.[1];
  return [{ http: response.status, ...(code !== undefined && { code }) }];
}

const PROCEDURES = Object.entries(DECLARED).map(([path, { _def }]) => ({
  path,
  type: _def.type,
  access: _def.meta?.access,
  scope: _def.meta?.scope,
}));

it("every procedure declares who may call it, and has its line here", () => {
  expect(PROCEDURES.filter(({ access, scope }) => access === undefined || scope === undefined)).toEqual([]);
  expect(PROCEDURES.map(({ path }) => path).toSorted()).toEqual(Object.keys(CALLS).toSorted());
});

type Needed = { access: Role; scope: NeededScope; isOwned: boolean; path: string };

/** The code with which a caller is turned away; null where the call goes through. */
function refusalOf({ role, scopes, refused, owns }: Caller, needed: Needed): string | null {
  if (refused) return refused;
  if (role === null) return "not_signed_in";
  if (scopes && !covers(scopes, needed.scope)) return "token_out_of_scope";
  if (!hasRole(role, needed.access)) return "not_permitted";
  return needed.isOwned && !owns ? notFoundBy(needed.path) : null;
}
function notFoundBy(path: string): string {
  if (path === "tokens.revoke") return "token_not_found";
  return path === "turns.get" || path === "turns.retry" ? "turn_not_found" : "session_not_found";
}
/** What callers are turned away with, whatever they ask for. */
const TURNED_AWAY: Record<string, number> = {
  ...{ mixed_credentials: 400, not_signed_in: 401, not_permitted: 403, token_out_of_scope: 403 },
  ...{ token_invalid: 401, token_expired: 401, token_revoked: 401 },
};
const HTTP: Record<string, number> = {
  ...TURNED_AWAY,
  ...{ turn_not_found: 404, session_not_found: 404, token_not_found: 404 },
};

const CELLS = PROCEDURES.flatMap(({ path, type, access = "admin", scope = "none" }) =>
  NAMES.flatMap((caller) =>
    (type === "subscription" ? (["alone"] as const) : (["alone", "batch"] as const)).map((wire) => ({
      ...{ path, type, access, scope, caller, wire },
    })),
  ),
);

describe("who may call what", () => {
  it.each(CELLS)("$path by $caller, $wire", async ({ path, type, access, scope, caller, wire }) => {
    const { owned: isOwned = false, input } = CALLS[path] ?? { input: () => undefined };
    const refusal = refusalOf(CALLERS[caller], { access, scope, isOwned, path });
    // What is refused cannot have used them up.
    const things = refusal === null || isOwned ? await makeThings() : NO_THINGS;
    const answers =
      type === "subscription"
        ? await watch(caller, input(things))
        : await call(caller, path, input(things), wire);
    expect(answers).toHaveLength(wire === "batch" ? 2 : 1);
    for (const { http, code } of answers) {
      if (refusal === null) expect(Object.keys(TURNED_AWAY)).not.toContain(code);
      else
        expect({ http: type === "subscription" ? HTTP[refusal] : http, code }).toEqual({
          http: HTTP[refusal],
          code: refusal,
        });
    }
    // The first of a batch may have done it, so that nothing is left for the second; alone it is done.
    if (refusal === null && wire === "alone") expect(answers[0]?.code).toBeUndefined();
  });
});

it("a refusal of somebody who is signed in, or comes with a good token, is in the audit log", async () => {
  const path = "admin.people.disable";
  for (const caller of ["auditor", "the owner's token for all"] as const) {
    await call(caller, path, { ids: [owner.ownerId] }, "alone");
  }
  const { items } = await serving.services.audit.list({
    ...{ limit: 100, actions: ["access_refused"], target: path },
  });
  const auditors = await database.db.user.findMany({ where: { role: "auditor" }, select: { id: true } });
  const refused = items.map(({ actor, result }) => `${actor?.id} ${result}`);
  expect(refused).toContain(`${owner.ownerId} refused`);
  expect(auditors.some(({ id }) => refused.includes(`${id} refused`))).toBe(true);
});
