import pino from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TOKENS_PER_PERSON_MAX } from "@/lib/contracts/tokens";
import { AppError } from "@/lib/errors/app-error";
import { createPeople } from "@/server/domain/accounts/people/service";
import { createPeopleStore } from "@/server/domain/accounts/people/store";
import { createAccounts } from "@/server/domain/accounts/service";
import { createAccountStore } from "@/server/domain/accounts/store";
import { createTokenUses } from "@/server/domain/credentials/uses";
import { type Clock, systemClock } from "@/server/platform/clock";
import type { Actor } from "@/server/platform/scope";
import { createTasks } from "@/server/platform/tasks";
import { createTestCrypto } from "@/tests/fakes/crypto";
import { auditOf, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { createActor, eventually } from "@/tests/support/process";
import { NO_LISTS } from "@/tests/support/services";
import { createAttempts } from "./attempts";
import { formatToken, SECRET_BYTES } from "./format";
import { createApiTokens } from "./service";
import { createApiTokenStore, endTokensSql } from "./store";
import { ENDED_TOKENS_KEPT, USE_NOTE_MS, WRONG_TOKENS_MAX } from "./tunables";

const DAY_MS = 86_400_000;
const GRACE_MS = 5_000;
const HERE = "192.0.2.1";
const ELSEWHERE = "192.0.2.2";
/** A token that was never given to anybody, another each time. */
const stranger = () => formatToken(createTestCrypto().random(SECRET_BYTES));

let database: TestDatabase;
let aheadMs = 0;
let rung: string[] = [];
let mona: Actor;
let hubot: Actor;
let app: ReturnType<typeof startProcess>;

const clock: Clock = {
  ...systemClock,
  now: () => new Date(Date.now() + aheadMs),
  monotonicMs: () => performance.now() + aheadMs,
};
const bell = { ring: (id: string) => void rung.push(id) };

/** One process of the app; `found`: how many tokens it has looked up. */
function startProcess() {
  const { db } = database;
  const audit = auditOf(db);
  const tasks = createTasks(pino({ level: "silent" }));
  const accounts = createAccounts({
    store: createAccountStore(db),
    memberships: { read: unasked, settle: unasked, restore: unasked },
    lists: NO_LISTS,
    clock,
  });
  const rows = createApiTokenStore(db, audit);
  const found: string[] = [];
  const store = {
    ...rows,
    find(hash: string) {
      found.push(hash);
      return rows.find(hash);
    },
  };
  const tokens = createApiTokens({
    ...{ store, accounts, attempts: createAttempts(), bell, tasks, clock },
    ...{ uses: createTokenUses({ audit, accounts, tasks, clock }), crypto: createTestCrypto() },
  });
  return { ...tokens, found, stop: () => tasks.stop(GRACE_MS) };
}
const unasked = () => Promise.reject(new Error("asked"));

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await app?.stop();
  await database?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await app?.stop();
  [aheadMs, rung] = [0, []];
  await database.db.user.deleteMany();
  [mona, hubot] = [await createActor(database), await createActor(database)];
  app = startProcess();
});

const make = async (actor = mona, days: number | null = 30) =>
  app.create(actor, { name: "CI", scopes: ["sessions:read", "sessions:write"], days });
const row = (id: string) => database.db.apiToken.findUniqueOrThrow({ where: { id } });
const setPerson = ({ ownerId: id }: Actor, data: { role?: "admin" | "user"; disabledAt?: Date | null }) =>
  database.db.user.update({ where: { id }, data });
const linesOf = async ({ ownerId: actorId }: Actor) =>
  database.db.auditEvent.findMany({ where: { actorId }, orderBy: { seq: "asc" } });
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );

describe("a token", () => {
  it("is its owner, for what it was made, from where it is used", async () => {
    const { token, id, expiresAt } = await make();
    expect(await app.authenticate(token, HERE)).toEqual({
      ...{ ...mona, address: HERE },
      token: { id, name: "CI", scopes: ["sessions:read", "sessions:write"], expiresAt },
    });
  });

  it("is in nothing that is stored or shown later", async () => {
    const { token, ...shown } = await make();
    await app.authenticate(token, HERE);
    expect((await app.list(mona)).items).toMatchObject([{ id: shown.id, prefix: token.slice(0, 8) }]);
    const everything = JSON.stringify([await row(shown.id), await app.list(mona), await linesOf(mona)]);
    for (const part of [token, token.slice(3, 20), token.slice(-20)]) expect(everything).not.toContain(part);
  });

  it("has the role of its owner as of now, and is nobody while they are shut out", async () => {
    await setPerson(mona, { role: "admin" });
    const { token } = await app.create(
      { ...mona, role: "admin" },
      { name: "x", scopes: ["admin"], days: null },
    );
    const role = async () => (await app.authenticate(token, HERE))?.role ?? null;
    expect(await role()).toBe("admin");
    await setPerson(mona, { role: "user" });
    expect(await role()).toBe("user");
    await setPerson(mona, { disabledAt: new Date() });
    expect(await role()).toBeNull();
  });

  it("is told why it is refused, at its next call and where a call stays open", async () => {
    const [expiring, revoked] = [await make(mona, 1), await make()];
    const actors = [
      await app.authenticate(expiring.token, HERE),
      await app.authenticate(revoked.token, HERE),
    ];
    const confirmed = () => Promise.all(actors.map((actor) => codeOf(app.confirm(actor ?? mona))));
    expect(await confirmed()).toEqual([null, null]);
    await app.revoke(mona, revoked.id);
    aheadMs = DAY_MS;
    expect(await confirmed()).toEqual(["token_expired", "token_revoked"]);
    expect(await codeOf(app.authenticate(expiring.token, HERE))).toBe("token_expired");
    expect(await codeOf(app.authenticate(revoked.token, HERE))).toBe("token_revoked");
    for (const text of [stranger(), "", "fd_", "x".repeat(10_000), `${revoked.token.slice(0, -1)}?`]) {
      expect(await codeOf(app.authenticate(text, HERE))).toBe("token_invalid");
    }
  });

  it("that is confirmed is still its owner, with the role of now", async () => {
    const actor = await app.authenticate((await make()).token, HERE);
    await setPerson(mona, { role: "admin" });
    expect(await app.confirm(actor ?? hubot)).toEqual({ ...actor, role: "admin" });
    await setPerson(mona, { disabledAt: new Date() });
    expect(await app.confirm(actor ?? hubot)).toBeNull();
  });

  it("of a person who is deleted is none", async () => {
    const { token } = await make();
    await database.db.user.delete({ where: { id: mona.ownerId } });
    expect(await codeOf(app.authenticate(token, HERE))).toBe("token_invalid");
  });
});

describe("making and revoking", () => {
  it("leave a line each, and streams are told", async () => {
    const { id } = await make();
    await app.revoke(mona, id);
    expect(rung).toEqual([`person:${mona.ownerId}`]);
    await app.revoke(mona, id);
    expect(await linesOf(mona)).toMatchObject([
      {
        ...{ action: "token.created", targetType: "token", targetId: id, targetName: "CI" },
        details: { scopes: ["sessions:read", "sessions:write"], expiresAt: expect.any(String) },
      },
      { action: "token.revoked", targetId: id },
    ]);
    expect((await app.list(mona)).items).toEqual([]);
  });

  it("are of one's own tokens alone", async () => {
    const { id, token } = await make();
    expect(await codeOf(app.revoke(hubot, id))).toBe("token_not_found");
    expect((await app.list(hubot)).items).toEqual([]);
    expect(await codeOf(app.authenticate(token, HERE))).toBeNull();
    expect(await linesOf(hubot)).toEqual([]);
  });

  it("of a token for administration is for who has a part in it", async () => {
    const input = { name: "x", scopes: ["admin" as const], days: 1 };
    expect(await codeOf(app.create(mona, input))).toBe("not_permitted");
    for (const role of ["auditor", "admin"] as const) {
      expect((await app.create({ ...mona, role }, input)).scopes).toEqual(["admin"]);
    }
  });

  it("stops at the limit, also for many at once; what has ended makes room", async () => {
    const { ownerId } = mona;
    const lasting = Array.from({ length: TOKENS_PER_PERSON_MAX - 3 }, (_, n) => ({
      ...{ ownerId, name: `t-${n}`, hash: `h-${n}`, prefix: "fd_", scopes: [] },
    }));
    await database.db.apiToken.createMany({ data: lasting });
    const codes = await Promise.all(Array.from({ length: 8 }, () => codeOf(make())));
    expect(codes.filter((code) => code === null)).toHaveLength(3);
    expect(codes.filter((code) => code === "token_limit_reached")).toHaveLength(5);
    expect(await codeOf(make(hubot))).toBeNull();
    const [first] = (await app.list(mona)).items;
    await app.revoke(mona, first?.id ?? "");
    expect(await codeOf(make())).toBeNull();
    expect(await codeOf(make())).toBe("token_limit_reached");
    aheadMs = 30 * DAY_MS;
    expect(await codeOf(make())).toBeNull();
  });

  it("keep the newest of those that have ended, and those of others", async () => {
    const { id } = await make(hubot);
    await app.revoke(hubot, id);
    const ended = Array.from({ length: ENDED_TOKENS_KEPT + 3 }, (_, n) => ({
      ...{ ownerId: mona.ownerId, name: `t-${n}`, hash: `h-${n}`, prefix: "fd_", scopes: [] },
      revokedAt: new Date(n),
    }));
    await database.db.apiToken.createMany({ data: ended });
    await make();
    const left = await database.db.apiToken.findMany({
      where: { ownerId: mona.ownerId, revokedAt: { not: null } },
    });
    expect(left).toHaveLength(ENDED_TOKENS_KEPT);
    expect(left.map(({ name }) => name)).not.toContain("t-2");
    expect(left.map(({ name }) => name)).toContain("t-3");
    expect((await row(id)).name).toBe("CI");
  });
});

describe("wrong tokens", () => {
  const sendWrong = (count: number, address = HERE) =>
    Promise.all(Array.from({ length: count }, () => codeOf(app.authenticate(stranger(), address))));

  it("make an address wait, whatever it sends then, and nobody else", async () => {
    const { token } = await make();
    expect(new Set(await sendWrong(WRONG_TOKENS_MAX))).toEqual(new Set(["token_invalid"]));
    const asked = app.found.length;
    for (const text of [stranger(), "nonsense", token]) {
      expect(await codeOf(app.authenticate(text, HERE))).toBe("too_many_attempts");
    }
    expect(app.found).toHaveLength(asked);
    expect(await codeOf(app.authenticate(token, ELSEWHERE))).toBeNull();
  });

  it("of somebody behind the same address do not stop a program that is at work", async () => {
    const { token } = await make();
    await app.authenticate(token, HERE);
    await sendWrong(WRONG_TOKENS_MAX);
    expect(await codeOf(app.authenticate(token, HERE))).toBeNull();
  });

  it("are also those that were good once", async () => {
    const { token, id } = await make();
    await app.authenticate(token, HERE);
    await app.revoke(mona, id);
    const codes: unknown[] = [];
    for (let n = 0; n <= WRONG_TOKENS_MAX; n += 1) codes.push(await codeOf(app.authenticate(token, HERE)));
    expect(codes.slice(0, -1)).toEqual(Array(WRONG_TOKENS_MAX).fill("token_revoked"));
    expect(codes.at(-1)).toBe("too_many_attempts");
  });

  it("cost no query where they cannot be tokens", async () => {
    for (const text of ["", "Bearer", "fd_x", "ghp_0123"]) await codeOf(app.authenticate(text, HERE));
    expect(app.found).toEqual([]);
  });

  it("do not count where a call that stays open is looked at again", async () => {
    const { token, id } = await make();
    const actor = await app.authenticate(token, HERE);
    await app.revoke(mona, id);
    for (let n = 0; n <= WRONG_TOKENS_MAX; n += 1) await codeOf(app.confirm(actor ?? mona));
    expect(await codeOf(app.authenticate(stranger(), HERE))).toBe("token_invalid");
  });
});

describe("that a token was used", () => {
  it("is noted with where from, at most once a minute", async () => {
    const { token, id } = await make();
    expect(await row(id)).toMatchObject({ lastUsedAt: null, lastUsedAddress: null });
    await app.authenticate(token, HERE);
    await eventually(async () => (await row(id)).lastUsedAddress).toBe(HERE);
    const { lastUsedAt } = await row(id);
    aheadMs = USE_NOTE_MS - 10_000;
    await app.authenticate(token, ELSEWHERE);
    // A process that was started meanwhile knows nothing of it, and is told so by the row.
    const other = startProcess();
    await other.authenticate(token, ELSEWHERE);
    await Promise.all([app.stop(), other.stop()]);
    expect(await row(id)).toMatchObject({ lastUsedAt, lastUsedAddress: HERE });
    app = startProcess();
    aheadMs = 2 * USE_NOTE_MS;
    await app.authenticate(token, ELSEWHERE);
    await eventually(async () => (await row(id)).lastUsedAddress).toBe(ELSEWHERE);
  });

  it("is in the audit log once a day, by kind", async () => {
    const [one, other] = [await make(), await make()];
    for (const { token } of [one, other, one]) await app.authenticate(token, HERE);
    const uses = async () =>
      (await linesOf(mona))
        .filter(({ action }) => action === "person.token_used")
        .map(({ details }) => details);
    await eventually(uses).toEqual([{ kind: "api_token" }]);
    await app.stop();
    expect(await uses()).toHaveLength(1);
  });
});

describe("administrators", () => {
  it("who disable a person end their tokens for good; who sign them out do not", async () => {
    const lists = NO_LISTS;
    const store = createPeopleStore(database.db, { audit: auditOf(database.db), lists, endTokensSql });
    const people = createPeople({ store, lists, bell: bell as never, clock });
    const [own, others] = [await make(), await make(hubot)];
    await people.signOut(hubot, mona.ownerId);
    expect(await codeOf(app.authenticate(own.token, HERE))).toBeNull();
    await people.disable(hubot, mona.ownerId);
    expect(await codeOf(app.authenticate(own.token, HERE))).toBe("token_revoked");
    await people.enable(hubot, mona.ownerId);
    expect(await codeOf(app.authenticate(own.token, HERE))).toBe("token_revoked");
    expect(await codeOf(app.authenticate(others.token, HERE))).toBeNull();
  });
});
