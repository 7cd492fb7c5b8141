import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import { type Clock, systemClock } from "@/server/platform/clock";
import type { Actor, OwnerId } from "@/server/platform/scope";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { NO_LISTS } from "@/tests/support/services";
import type { AccessLists } from "./rules";
import { createAccounts } from "./service";
import { createAccountStore } from "./store";
import { SEEN_NOTE_MS } from "./tunables";
import type { AskGithub, GithubProfile } from "./types";

const DAY_MS = 86_400_000;
const ALLOWED = { allowed: true, mappedRole: null };
let database: TestDatabase;
let aheadMs = 0;
const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + aheadMs) };

const unasked = () => Promise.reject(new Error("asked"));
const nothing: AskGithub = { orgs: async () => [], membership: unasked };

const accountsWith = (lists: Partial<AccessLists> = {}) =>
  createAccounts({
    store: createAccountStore(database.db),
    memberships: { read: unasked, settle: unasked, restore: async () => {} },
    lists: { ...NO_LISTS, ...lists },
    clock,
  });
const profile = (githubId: string, login: string): GithubProfile => ({
  githubId,
  login,
  name: `Name of ${login}`,
  image: null,
});
async function loginOf(userId: string): Promise<string> {
  const sessionToken = randomUUID();
  const expires = new Date(Date.now() + DAY_MS);
  await database.db.session.create({ data: { sessionToken, userId, expires } });
  return sessionToken;
}

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.[Symbol.asyncDispose]());
beforeEach(async () => {
  aheadMs = 0;
  await database.db.user.deleteMany();
});

describe("a browser login", () => {
  it("is somebody, until it expires or its row is deleted", async () => {
    const accounts = accountsWith({ ADMIN_LOGINS: ["mona"] });
    const userId = await accounts.register(profile("1", "Mona"));
    const token = await loginOf(userId);
    const actor = {
      kind: "user",
      ownerId: userId,
      login: "Mona",
      role: "admin",
      address: "192.0.2.1",
      token: null,
    };
    expect(await accounts.authenticate(token, "192.0.2.1")).toEqual(actor);
    aheadMs = DAY_MS + 1;
    expect(await accounts.authenticate(token, "192.0.2.1")).toBeNull();
    aheadMs = 0;
    await database.db.session.deleteMany({ where: { sessionToken: token } });
    expect(await accounts.authenticate(token, "192.0.2.1")).toBeNull();
  });

  it.each(["", "unknown", "\u0000", "ä", "x".repeat(300), "' OR 1=1 --"])(
    "is nobody for the value %j",
    async (value) => {
      expect(await accountsWith().authenticate(value, "192.0.2.1")).toBeNull();
    },
  );

  it("ends at the next request where the login was taken off the list", async () => {
    const accounts = accountsWith({ ALLOWED_LOGINS: ["mona"] });
    const token = await loginOf(await accounts.register(profile("1", "mona")));
    expect(await accounts.authenticate(token, "192.0.2.1")).not.toBeNull();
    expect(await accountsWith({ ALLOWED_LOGINS: ["hubot"] }).authenticate(token, "192.0.2.1")).toBeNull();
  });

  it("has the role that was granted by now, or more where the list names it", async () => {
    const userId = await accountsWith().register(profile("1", "mona"));
    const token = await loginOf(userId);
    const roles: (string | undefined)[] = [];
    for (const role of ["auditor", "admin", "user"] as const) {
      await database.db.user.update({ where: { id: userId }, data: { role } });
      roles.push((await accountsWith().authenticate(token, null))?.role);
      roles.push((await accountsWith({ ADMIN_LOGINS: ["mona"] }).authenticate(token, null))?.role);
    }
    expect(roles).toEqual(["auditor", "admin", "admin", "admin", "user", "admin"]);
  });

  it("loses its administrator's rights as soon as the list says so", async () => {
    const token = await loginOf(await accountsWith().register(profile("1", "mona")));
    expect((await accountsWith({ ADMIN_LOGINS: ["mona"] }).authenticate(token, "192.0.2.1"))?.role).toBe(
      "admin",
    );
    expect((await accountsWith().authenticate(token, "192.0.2.1"))?.role).toBe("user");
  });
});

describe("a GitHub account", () => {
  it("is one person, also where two tabs sign in for the first time at once", async () => {
    const accounts = accountsWith();
    const ids = await Promise.all(Array.from({ length: 8 }, () => accounts.register(profile("1", "mona"))));
    expect(new Set(ids).size).toBe(1);
    expect(await database.db.user.count()).toBe(1);
  });

  it("stays the same person when the login is renamed", async () => {
    const accounts = accountsWith();
    const id = await accounts.register(profile("1", "mona"));
    expect(await accounts.register(profile("1", "mona-lisa"))).toBe(id);
    await accounts.recordSignIn(id, profile("1", "mona-lisa"));
    const actor: Actor = {
      kind: "user",
      ownerId: id as OwnerId,
      login: "mona",
      role: "user",
      address: null,
      token: null,
    };
    expect(await accounts.person(actor)).toMatchObject({ id, login: "mona-lisa", name: "Name of mona-lisa" });
  });

  it("that takes over a login gets neither the person nor the rights of who held it, and locks that one out", async () => {
    const accounts = accountsWith({ ALLOWED_LOGINS: ["mona"], ADMIN_LOGINS: ["mona"] });
    const before = await accounts.register(profile("1", "mona"));
    const tokenBefore = await loginOf(before);
    const after = await accounts.register(profile("2", "Mona"));
    expect(after).not.toBe(before);
    expect(await accounts.authenticate(tokenBefore, "192.0.2.1")).toBeNull();
    const row = await database.db.user.findUniqueOrThrow({ where: { id: before } });
    expect(row.login).toBe(`mona#${before}`);
  });

  it("whose new login another person still holds here takes it over at sign-in", async () => {
    const accounts = accountsWith();
    const one = await accounts.register(profile("1", "a_b"));
    const two = await accounts.register(profile("2", "hubot"));
    const three = await accounts.register(profile("3", "axb"));
    await accounts.recordSignIn(two, profile("2", "A_B"));
    const logins = await database.db.user.findMany({ select: { id: true, login: true } });
    expect(Object.fromEntries(logins.map(({ id, login }) => [id, login]))).toEqual({
      [one]: `a_b#${one}`,
      [two]: "A_B",
      [three]: "axb",
    });
  });
});

describe("the gate", () => {
  it("asks GitHub for organisations only where the login does not decide", async () => {
    const never: AskGithub = { orgs: unasked, membership: unasked };
    const accounts = accountsWith({ ALLOWED_LOGINS: ["mona"], ALLOWED_ORGS: ["octo-org"] });
    expect(await accounts.gate({ login: "Mona", userId: null }, never)).toEqual(ALLOWED);
    const inOrg: AskGithub = { ...never, orgs: async () => ["Octo-Org"] };
    expect(await accounts.gate({ login: "hubot", userId: null }, inOrg)).toEqual(ALLOWED);
    expect(await accounts.gate({ login: "octocat", userId: null }, nothing)).toEqual({
      allowed: false,
      reason: "not_on_list",
    });
    await expect(accounts.gate({ login: "octocat", userId: null }, never)).rejects.toThrow("asked");
    expect(await accountsWith().gate({ login: "octocat", userId: null }, never)).toEqual(ALLOWED);
  });
});

it("a person who was disabled is nobody, and cannot sign in again", async () => {
  const accounts = accountsWith({ ADMIN_LOGINS: ["mona"] });
  const userId = await accounts.register(profile("1", "mona"));
  const token = await loginOf(userId);
  await database.db.user.update({ where: { id: userId }, data: { disabledAt: new Date() } });
  expect(await accounts.authenticate(token, null)).toBeNull();
  expect(await accounts.gate({ login: "mona", userId }, nothing)).toEqual({
    allowed: false,
    reason: "disabled",
  });
  expect(await accounts.gate({ login: "mona", userId: null }, nothing)).toEqual(ALLOWED);
});

it("a person who was suspended is nobody, also where a login of theirs is left", async () => {
  const accounts = accountsWith({ ADMIN_LOGINS: ["mona"] });
  const userId = await accounts.register(profile("1", "mona"));
  const token = await loginOf(userId);
  expect(await accounts.authenticate(token, null)).not.toBeNull();
  await database.db.user.update({ where: { id: userId }, data: { suspendedAt: new Date() } });
  expect(await accounts.authenticate(token, null)).toBeNull();
});

it("that somebody was seen is noted, not at every call", async () => {
  const accounts = accountsWith();
  const userId = await accounts.register(profile("1", "mona"));
  const token = await loginOf(userId);
  const lastSeen = async () =>
    (await database.db.user.findUniqueOrThrow({ where: { id: userId } })).lastSeenAt.getTime();
  const first = await lastSeen();
  await accounts.authenticate(token, null);
  expect(await lastSeen()).toBe(first);
  aheadMs = SEEN_NOTE_MS + 1_000;
  await accounts.authenticate(token, null);
  expect(await lastSeen()).toBeGreaterThan(first);
});

it("a person who was deleted is signed out", async () => {
  const actor: Actor = {
    kind: "user",
    ownerId: randomUUID() as OwnerId,
    login: "mona",
    role: "user",
    address: null,
    token: null,
  };
  const error = await accountsWith()
    .person(actor)
    .catch((thrown: unknown) => thrown);
  expect(error instanceof AppError && error.code).toBe("not_signed_in");
});
