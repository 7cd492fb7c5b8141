import { randomUUID } from "node:crypto";
import pino from "pino";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import type { Membership } from "@/server/github/types";
import { systemClock } from "@/server/platform/clock";
import type { RoleMapping } from "@/server/platform/role-map";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { auditOf, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import {
  createActor,
  eventually,
  hasEnded,
  startTestProcess,
  type TestProcess,
  watchToEnd,
} from "@/tests/support/process";
import { NO_LISTS, servicesOf } from "@/tests/support/services";
import { createMemberships } from "../accounts/membership/service";
import { createMembershipStore } from "../accounts/membership/store";
import { createPeopleStore } from "../accounts/people/store";
import { MEMBERSHIP_AGAIN_MS, MEMBERSHIP_EVERY_MS } from "../accounts/tunables";
import { endTokensSql } from "../api-tokens/store";
import { runMemberships } from "./memberships";

const DAY_MS = 86_400_000;
const ACME: RoleMapping = { org: "acme", team: null, role: "user" };
const TEAM: RoleMapping = { org: "acme", team: "platform", role: "admin" };
const lists = { ...NO_LISTS, GITHUB_ROLE_MAP: [TEAM, ACME], ADMIN_LOGINS: ["operator"] };

let database: TestDatabase;
let pool: FakePool;
let runner: TestProcess;
let web: TestProcess;
let mona: Actor;
let cookie: string;
/** What GitHub says of each token's owner. */
let answers: (login: string, place: string) => Membership;
let user: () => Promise<string>;
let asked: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createFakePool();
  pool.first.autoAnswer = false;
  runner = startTestProcess(database, pool);
  web = startTestProcess(database, createFakePool(), { role: "web" });
  await vi.waitUntil(() => web.processes.others().length === 1, { timeout: 10_000 });
});
afterAll(async () => {
  await runner?.[Symbol.asyncDispose]();
  await web?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await database.db.user.deleteMany();
  mona = await createActor(database);
  cookie = randomUUID();
  const expires = new Date(Date.now() + DAY_MS);
  await database.db.session.create({ data: { sessionToken: cookie, userId: mona.ownerId, expires } });
  answers = () => "member";
  user = async () => mona.login;
  asked = [];
  runner.credentials.failure = null;
});

/** Reads what is due in `process`, until the test ends what it returns. */
function startReading(process: TestProcess): AsyncDisposable {
  const log = pino({ level: "silent" });
  const memberships = createMemberships({
    store: createMembershipStore(process.db),
    people: createPeopleStore(process.db, { audit: auditOf(process.db), lists, endTokensSql }),
    ...{ lists, bell: process.bell, clock: systemClock, log },
  });
  const github = {
    user: async () => ({ githubId: "1", login: await user(), name: null, image: null }),
    async membership(_token: unknown, { org, team }: { org: string; team: string | null }, login: string) {
      const place = team ? `${org}/${team}` : org;
      asked.push(`${login} ${place}`);
      return answers(login, place);
    },
  };
  const stop = new AbortController();
  const { credentials, turns, clock } = process;
  const ended = runMemberships({ memberships, credentials, github, turns, clock, log }, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}
const row = () => database.db.user.findUniqueOrThrow({ where: { id: mona.ownerId } });
const due = () => database.db.user.update({ where: { id: mona.ownerId }, data: { membershipAt: null } });
const actions = async () =>
  (await database.db.auditEvent.findMany({ where: { targetId: mona.ownerId } })).map(({ action }) => action);

it("who is in no organisation any more has no login, no running turn, no open watch and no token", async () => {
  const forgotten: string[] = [];
  runner.credentials.forget = async (owner) => void forgotten.push(owner);
  const { accounts } = servicesOf(web, lists);
  const { id: sessionId } = await runner.sessions.create(mona, {});
  const send = { sessionId, prompt: "p", idempotencyKey: randomUUID() };
  const { turnId } = await runner.turns.send(mona, send);
  await pool.first.prompted();
  const stillAllowed = async () => (await accounts.authenticate(cookie, null)) !== null;
  const watch = watchToEnd({ process: web, actor: mona, sessionId, stillAllowed }, hasEnded(turnId));
  answers = () => "none";
  await using _ = startReading(runner);
  await watch.ended;
  await eventually(
    async () => (await database.db.turn.findUniqueOrThrow({ where: { id: turnId } })).status,
  ).toBe("aborted");
  await eventually(() => forgotten).toEqual([mona.ownerId]);
  expect(await accounts.authenticate(cookie, null)).toBeNull();
  expect(await actions()).toEqual(["person.suspended"]);
});

it("who was suspended by a process that died before it stopped their turns is stopped all the same", async () => {
  const { id: sessionId } = await runner.sessions.create(mona, {});
  const send = { sessionId, prompt: "p", idempotencyKey: randomUUID() };
  const { turnId } = await runner.turns.send(mona, send);
  await pool.first.prompted();
  await database.db.user.update({ where: { id: mona.ownerId }, data: { suspendedAt: new Date() } });
  await eventually(
    async () => (await database.db.turn.findUniqueOrThrow({ where: { id: turnId } })).status,
  ).toBe("aborted");
});

it("a role that GitHub gives or takes is in force at the next request", async () => {
  const { accounts } = servicesOf(web, lists);
  const role = async () => (await accounts.authenticate(cookie, null))?.role;
  await using _ = startReading(runner);
  await eventually(role).toBe("admin");
  answers = (_login, place) => (place === "acme" ? "member" : "none");
  await due();
  runner.clock.jump(60_000);
  await eventually(role).toBe("user");
  expect(await actions()).toEqual(["person.role_changed", "person.role_changed"]);
});

it("a team is asked about whom the token belongs to by now, not about a login that may be another's", async () => {
  user = async () => "renamed";
  answers = (login) => (login === "renamed" ? "none" : "member");
  await using _ = startReading(runner);
  await eventually(async () => (await row()).suspendedAt).not.toBeNull();
  expect(asked).toEqual(["renamed acme/platform", "renamed acme"]);
});

it("a token that GitHub takes no more keeps nobody in", async () => {
  user = () => Promise.reject(new AppError("github_sign_in_required"));
  await using _ = startReading(runner);
  await eventually(async () => (await row()).suspendedAt).not.toBeNull();
  expect(runner.credentials.rejected).toContain(`token of ${mona.ownerId}`);
  const [line] = await database.db.auditEvent.findMany({ where: { targetId: mona.ownerId } });
  expect(line).toMatchObject({ action: "person.suspended", details: { reason: "sign_in_required" } });
});

it.each<[string, () => void]>([
  ["does not answer", () => (user = () => Promise.reject(new AppError("github_unavailable")))],
  ["does not show a place", () => (answers = () => "hidden")],
])("where GitHub %s, nothing is changed, and it is asked again before long", async (_name, break_) => {
  await database.db.user.update({ where: { id: mona.ownerId }, data: { mappedRole: "admin" } });
  break_();
  let calls = 0;
  const name = user;
  user = () => {
    calls += 1;
    return name();
  };
  {
    await using _ = startReading(runner);
    await eventually(() => calls).toBe(1);
  }
  const { membershipAt, mappedRole, suspendedAt } = await row();
  expect([mappedRole, suspendedAt]).toEqual(["admin", null]);
  const dueAgainMs = (membershipAt?.getTime() ?? 0) + MEMBERSHIP_EVERY_MS - Date.now();
  expect(dueAgainMs).toBeLessThanOrEqual(MEMBERSHIP_AGAIN_MS);
  expect(await actions()).toEqual([]);
});

it("two processes read everybody once", async () => {
  const others = await Promise.all(Array.from({ length: 9 }, () => createActor(database)));
  answers = () => "member";
  {
    await using _one = startReading(runner);
    await using _two = startReading(web);
    await eventually(() => database.db.user.count({ where: { mappedRole: "admin" } })).toBe(
      others.length + 1,
    );
  }
  expect(asked).toHaveLength(others.length + 1);
});
