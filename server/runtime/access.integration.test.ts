import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import superjson from "superjson";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CreateJobInput } from "@/lib/contracts/jobs";
import type { CreateProviderInput } from "@/lib/contracts/providers";
import { hasRole, type Role } from "@/lib/contracts/roles";
import { CreateScheduleInput } from "@/lib/contracts/schedules";
import { covers, type NeededScope } from "@/lib/contracts/scopes";
import type { Env } from "@/server/platform/env";
import type { Actor } from "@/server/platform/scope";
import { OPERATIONS } from "@/server/rest/operations/all";
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
import { requestFor } from "@/tests/support/rest-request";
import { servicesOf } from "@/tests/support/services";
import { answerTrpc, answerWatch, type Serving } from "./http";
import { answerRest } from "./rest";

/** Things that a call can be about: a session, a failed turn, a cancelled job, a schedule, an API token and a model provider of
 *  the owner, one provider of everybody's, and a person with nothing. */
type Things = {
  sessionId: string;
  turnId: string;
  jobId: string;
  scheduleId: string;
  providerId: string;
  sharedProviderId: string;
  tokenId: string;
  personId: string;
};
const NO_THINGS: Things = {
  ...{ sessionId: "", turnId: "", jobId: "", scheduleId: "", tokenId: "", personId: "" },
  ...{ providerId: "", sharedProviderId: "" },
};

const JOB = () => ({ prompt: "x", idempotencyKey: randomUUID() });
const SCHEDULE = { name: "weekly", cron: "0 9 * * 1", prompt: "x" };

const PROVIDER: CreateProviderInput = {
  ...{ name: "Mine", kind: "compatible", wireApi: "completions", baseUrl: "https://models.example/v1" },
  ...{ azureApiVersion: null, key: null, headers: [], disabled: false },
  models: [{ id: "m", name: null, maxPromptTokens: null, maxOutputTokens: null }],
};

/** How each procedure is called; `owned`: about what is the owner's. A procedure without a line here fails below. */
const CALLS: Record<string, { owned?: true; input(things: Things): unknown }> = {
  "me.get": { input: () => undefined },
  "models.list": { input: () => undefined },
  "providers.list": { input: () => undefined },
  "providers.create": { input: () => PROVIDER },
  "providers.update": {
    owned: true,
    input: ({ providerId }) => ({ ...PROVIDER, providerId, version: 1 }),
  },
  "providers.delete": { owned: true, input: ({ providerId }) => ({ providerId }) },
  "providers.test": { owned: true, input: ({ providerId }) => ({ providerId, model: "m" }) },
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
  "jobs.create": { input: () => JOB() },
  "jobs.createMany": { input: () => ({ jobs: [JOB(), JOB()] }) },
  "jobs.list": { input: () => ({}) },
  "jobs.get": { owned: true, input: ({ jobId }) => ({ jobId }) },
  "jobs.cancel": { owned: true, input: ({ jobId }) => ({ jobId }) },
  "jobs.retry": { owned: true, input: ({ jobId }) => ({ jobId }) },
  "jobs.watch": { owned: true, input: ({ jobId }) => ({ jobId }) },
  "schedules.create": { input: () => SCHEDULE },
  "schedules.list": { input: () => undefined },
  "schedules.preview": { input: () => ({ cron: "0 9 * * 1-5", timeZone: "UTC" }) },
  "schedules.get": { owned: true, input: ({ scheduleId }) => ({ scheduleId }) },
  "schedules.update": { owned: true, input: ({ scheduleId }) => ({ scheduleId, name: "new" }) },
  "schedules.delete": { owned: true, input: ({ scheduleId }) => ({ scheduleId }) },
  "schedules.pause": { owned: true, input: ({ scheduleId }) => ({ scheduleId }) },
  "schedules.resume": { owned: true, input: ({ scheduleId }) => ({ scheduleId }) },
  "schedules.runNow": { owned: true, input: ({ scheduleId }) => ({ scheduleId }) },
  "schedules.runs": { owned: true, input: ({ scheduleId }) => ({ scheduleId }) },
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
  "admin.jobs.list": { input: () => ({}) },
  "admin.jobs.cancel": { input: ({ jobId }) => ({ ids: [jobId] }) },
  "admin.fleet.list": { input: () => undefined },
  "admin.fleet.add": { input: () => ({ address: `${randomUUID()}.invalid:4141` }) },
  "admin.fleet.drain": { input: () => ({ ids: ["cli-1"] }) },
  "admin.fleet.resume": { input: () => ({ ids: ["cli-1"] }) },
  "admin.fleet.restart": { input: () => ({ ids: ["cli-1"] }) },
  "admin.fleet.remove": { input: () => ({ ids: ["cli-2.invalid:4141"] }) },
  "admin.providers.list": { input: () => undefined },
  "admin.providers.create": { input: () => PROVIDER },
  "admin.providers.update": {
    input: ({ sharedProviderId }) => ({ ...PROVIDER, providerId: sharedProviderId, version: 1 }),
  },
  "admin.providers.delete": { input: ({ sharedProviderId }) => ({ providerId: sharedProviderId }) },
  "admin.providers.test": {
    input: ({ sharedProviderId }) => ({ providerId: sharedProviderId, model: "m" }),
  },
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
  const env = { APP_URL, TRUSTED_PROXIES: 0, FLIGHTDECK_DEMO: false, CORS_ORIGINS: [] as string[] } as Env;
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
  const { id: jobId } = await app.jobs.create(owner, CreateJobInput.parse(JOB()));
  await app.jobs.cancel(owner, jobId);
  const { items } = await app.schedules.list(owner);
  // As many as one person may have would be reached.
  for (const { id } of items) await app.schedules.delete(owner, id);
  const { id: scheduleId } = await app.schedules.create(owner, CreateScheduleInput.parse(SCHEDULE));
  await database.db.apiToken.deleteMany({ where: { name: THING } });
  const { id: tokenId } = await storeToken(database, owner.ownerId, { name: THING, scopes: [] });
  // Likewise, and some calls make another.
  await database.db.provider.deleteMany();
  const [own, shared] = [
    await app.providers.own.create(owner, PROVIDER),
    await app.providers.shared.create(owner, PROVIDER),
  ];
  const { ownerId: personId } = await createActor(database);
  const providers = { providerId: own.id, sharedProviderId: shared.id };
  return { sessionId, turnId, jobId, scheduleId, tokenId, personId, ...providers };
}

/** `code`: of the error table; undefined where the call was answered. */
type Answer = { http: number; code?: string };
type Wire = "alone" | "batch" | "rest";

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

/** The operation of REST that is this procedure. */
const operationOf = (path: string) => OPERATIONS.find(({ needs }) => needs.length === 1 && needs[0] === path);

async function callRest(caller: CallerName, path: string, input: unknown): Promise<Answer[]> {
  const operation = operationOf(path);
  if (!operation) throw new Error(`${path} is not over REST`);
  const sent = { origin: APP_URL, headers: headersOf(caller) };
  const response = await answerRest(serving, requestFor(operation, { ...(input as object) }, sent));
  const { status: http, ok } = response;
  return [ok ? { http } : { http, code: ((await response.json()) as { code: string }).code }];
}

/** What the first event of a watch says. */
async function watch(caller: CallerName, path: string, input: unknown): Promise<Answer[]> {
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}/api/trpc/${path}`);
  url.searchParams.set("input", JSON.stringify(superjson.serialize(input)));
  const stop = new AbortController();
  const asked = { headers: headersOf(caller), signal: stop.signal };
  const isOwnRoute = path === "sessions.watch";
  const response = await (isOwnRoute ? fetch(url, asked) : answerTrpc(serving, new Request(url, asked)));
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!/"app":\{"code":"\w+"|\nid: /.test(text)) {
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
  if (path.startsWith("jobs.")) return "job_not_found";
  if (path.startsWith("schedules.")) return "schedule_not_found";
  if (path.startsWith("providers.")) return "provider_not_found";
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
  ...{ job_not_found: 404, schedule_not_found: 404, provider_not_found: 404 },
};

function wiresOf(path: string, type: string): Wire[] {
  if (type === "subscription") return ["alone"];
  return ["alone", "batch", ...(operationOf(path) ? (["rest"] as const) : [])];
}

const CELLS = PROCEDURES.flatMap(({ path, type, access = "admin", scope = "none" }) =>
  NAMES.flatMap((caller) =>
    wiresOf(path, type).map((wire) => ({ ...{ path, type, access, scope, caller, wire } })),
  ),
);

describe("who may call what", () => {
  it.each(CELLS)("$path by $caller, $wire", async ({ path, type, access, scope, caller, wire }) => {
    const { owned: isOwned = false, input } = CALLS[path] ?? { input: () => undefined };
    const refusal = refusalOf(CALLERS[caller], { access, scope, isOwned, path });
    // What is refused cannot have used them up.
    const things = refusal === null || isOwned ? await makeThings() : NO_THINGS;
    const ask = type === "subscription" ? watch : wire === "rest" ? callRest : call;
    const answers = await ask(caller, path, input(things), wire);
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
    if (refusal === null && wire !== "batch") expect(answers[0]?.code).toBeUndefined();
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
