import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ListPeopleInput } from "@/lib/contracts/people";
import type { Role } from "@/lib/contracts/roles";
import { endTokensSql } from "@/server/domain/api-tokens/store";
import { systemClock } from "@/server/platform/clock";
import type { RoleMapping } from "@/server/platform/role-map";
import type { Actor, OwnerId } from "@/server/platform/scope";
import { auditOf, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { NO_LISTS } from "@/tests/support/services";
import type { People } from "../types";
import { createPeople } from "./service";
import { createPeopleStore } from "./store";

const DAY_MS = 86_400_000;
let database: TestDatabase;
let rung: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.[Symbol.asyncDispose]());
beforeEach(async () => {
  rung = [];
  await database.db.user.deleteMany();
});

const ACME = { org: "acme", team: null, role: "user" as const };

function peopleWith(adminLogins: string[] = [], map: RoleMapping[] = []): People {
  const audit = auditOf(database.db);
  const lists = { ...NO_LISTS, ADMIN_LOGINS: adminLogins, GITHUB_ROLE_MAP: map };
  return createPeople({
    store: createPeopleStore(database.db, { audit, lists, endTokensSql }),
    lists,
    bell: { ring: (id: string) => rung.push(id) } as never,
    clock: systemClock,
  });
}

async function person(login: string, role: Role = "user"): Promise<Actor> {
  const { id } = await database.db.user.create({ data: { login, role, name: `Name of ${login}` } });
  return { kind: "user", ownerId: id as OwnerId, login, role, address: "192.0.2.1", token: null };
}
const row = ({ ownerId }: Actor) => database.db.user.findUniqueOrThrow({ where: { id: ownerId } });
const signIn = ({ ownerId }: Actor) =>
  database.db.session.create({
    data: { userId: ownerId, sessionToken: randomUUID(), expires: new Date(Date.now() + DAY_MS) },
  });
const logins = ({ ownerId }: Actor) => database.db.session.count({ where: { userId: ownerId } });
const newest = () => database.db.auditEvent.findFirst({ orderBy: { seq: "desc" } });
const everybody: ListPeopleInput = { sort: "login", descending: false, page: 0, limit: 50 };

describe("the list of people", () => {
  it("tells of each what they are, and what they have", async () => {
    const [mona, hubot] = [await person("Mona", "auditor"), await person("hubot")];
    for (let n = 0; n < 2; n += 1) await signIn(mona);
    const session = await database.db.copilotSession.create({ data: { ownerId: hubot.ownerId, title: "t" } });
    for (const [seq, status] of (["succeeded", "running"] as const).entries()) {
      await database.db.turn.create({
        data: { sessionId: session.id, idempotencyKey: String(seq), prompt: "p", seq, status },
      });
    }
    const { items, total } = await peopleWith(["hubot"]).list(everybody);
    expect(total).toBe(2);
    expect(items).toMatchObject([
      { login: "hubot", role: "admin", roleFixed: true, sessions: 1, turns: 2, activeTurns: 1, logins: 0 },
      {
        login: "Mona",
        role: "auditor",
        roleFixed: false,
        sessions: 0,
        turns: 0,
        logins: 2,
        disabledAt: null,
      },
    ]);
  });

  it("is searched, filtered, sorted and paged by the server", async () => {
    const boss = await person("boss", "admin");
    for (const login of ["a_b", "axb", "c"]) await person(login);
    const people = peopleWith(["c"]);
    await people.disable(boss, (await database.db.user.findUniqueOrThrow({ where: { login: "axb" } })).id);
    const listed = async (change: Partial<ListPeopleInput>) =>
      (await people.list({ ...everybody, ...change })).items.map(({ login }) => login);
    expect(await listed({ query: "_" })).toEqual(["a_b"]);
    expect(await listed({ query: "NAME OF A" })).toEqual(["a_b", "axb"]);
    expect(await listed({ role: "admin" })).toEqual(["boss", "c"]);
    expect(await listed({ role: "user" })).toEqual(["a_b", "axb"]);
    expect(await listed({ state: "disabled" })).toEqual(["axb"]);
    expect(await listed({ state: "enabled", descending: true })).toEqual(["c", "boss", "a_b"]);
    await database.db.user.update({ where: { login: "c" }, data: { suspendedAt: new Date() } });
    expect(await listed({ state: "suspended" })).toEqual(["c"]);
    expect(await listed({ state: "enabled" })).toEqual(["a_b", "boss"]);
    expect(await listed({ sort: "createdAt", limit: 3, page: 1 })).toEqual(["c"]);
    expect((await people.list({ ...everybody, limit: 1 })).total).toBe(4);
  });
});

describe("a change of a person", () => {
  it("is made, with its line in the audit log, and rung", async () => {
    const [boss, mona] = [await person("boss", "admin"), await person("mona")];
    await peopleWith().update(boss, mona.ownerId, { role: "auditor", turnsMax: 3 });
    expect(await row(mona)).toMatchObject({ role: "auditor", turnsMax: 3 });
    const events = await database.db.auditEvent.findMany({ where: { targetId: mona.ownerId } });
    expect(events).toMatchObject([
      { action: "person.role_changed", actorName: "boss", details: { from: "user", to: "auditor" } },
      { action: "person.limit_changed", actorId: boss.ownerId, details: { turnsMax: 3 } },
    ]);
    expect(rung).toContain(`person:${mona.ownerId}`);
  });

  it("ends every login where they are disabled or signed out, and of nobody else", async () => {
    const [boss, mona, hubot] = [await person("boss", "admin"), await person("mona"), await person("hubot")];
    for (const actor of [mona, mona, hubot, boss]) await signIn(actor);
    await peopleWith().disable(boss, mona.ownerId);
    expect([await logins(mona), await logins(hubot), await logins(boss)]).toEqual([0, 1, 1]);
    expect((await row(mona)).disabledAt).not.toBeNull();
    expect(await newest()).toMatchObject({ action: "person.disabled", targetName: "mona" });
    await peopleWith().enable(boss, mona.ownerId);
    expect((await row(mona)).disabledAt).toBeNull();
    await peopleWith().signOut(boss, hubot.ownerId);
    expect([await logins(hubot), (await row(hubot)).disabledAt]).toEqual([0, null]);
  });

  it("of nobody is refused, and leaves no line", async () => {
    const boss = await person("boss", "admin");
    const before = await newest();
    const people = peopleWith();
    for (const act of [
      () => people.update(boss, randomUUID(), { role: "admin" }),
      () => people.disable(boss, randomUUID()),
      () => people.enable(boss, randomUUID()),
      () => people.signOut(boss, randomUUID()),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: "person_not_found" });
    }
    expect(await newest()).toEqual(before);
  });

  it("of oneself may not shut oneself out", async () => {
    const [boss] = [await person("boss", "admin"), await person("other", "admin")];
    await expect(peopleWith().disable(boss, boss.ownerId)).rejects.toMatchObject({ code: "not_yourself" });
  });
});

describe("administrators", () => {
  it("are never all gone: not by demotion, not by disabling, not where two demote each other", async () => {
    const [one, two] = [await person("one", "admin"), await person("two", "admin")];
    const people = peopleWith();
    const both = await Promise.allSettled([
      people.update(one, two.ownerId, { role: "user" }),
      people.update(two, one.ownerId, { role: "user" }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const admins = await database.db.user.findMany({ where: { role: "admin" } });
    expect(admins).toHaveLength(1);
    const left = admins[0]?.id ?? "";
    const stranger = await person("x");
    for (const act of [
      () => people.update(two, left, { role: "auditor" }),
      () => people.disable(stranger, left),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: "last_administrator" });
    }
    expect(await database.db.user.count({ where: { role: "admin", disabledAt: null } })).toBe(1);
  });

  it("who are disabled do not count", async () => {
    const [one, two] = [await person("one", "admin"), await person("two", "admin")];
    const people = peopleWith();
    await people.disable(one, two.ownerId);
    const demoted = people.update(two, one.ownerId, { role: "user" });
    await expect(demoted).rejects.toMatchObject({ code: "last_administrator" });
    // Who is shut out administrates nothing, so nobody is lost.
    await people.update(one, two.ownerId, { role: "user" });
  });

  it("whom ADMIN_LOGINS names count, and stay what they are", async () => {
    const [boss, root] = [await person("boss", "admin"), await person("Root")];
    const people = peopleWith(["root"]);
    const demoted = people.update(boss, root.ownerId, { role: "user" });
    await expect(demoted).rejects.toMatchObject({ code: "role_fixed_by_settings" });
    await people.update(root, boss.ownerId, { role: "user" });
    expect((await row(boss)).role).toBe("user");
  });

  it("who are suspended do not count", async () => {
    const [one, two] = [await person("one", "admin"), await person("two", "admin")];
    await database.db.user.update({ where: { id: two.ownerId }, data: { suspendedAt: new Date() } });
    const demoted = peopleWith().update(two, one.ownerId, { role: "user" });
    await expect(demoted).rejects.toMatchObject({ code: "last_administrator" });
  });

  it("whom GitHub makes one stay one, and count, as long as there is a map", async () => {
    const [boss, mona] = [await person("boss", "admin"), await person("mona")];
    await database.db.user.update({ where: { id: mona.ownerId }, data: { mappedRole: "admin" } });
    const mapped = peopleWith([], [ACME]);
    expect((await mapped.list(everybody)).items).toMatchObject([
      { login: "boss", role: "admin", mappedRole: null },
      { login: "mona", role: "admin", mappedRole: "admin", roleFixed: false },
    ]);
    const demoted = mapped.update(boss, mona.ownerId, { role: "auditor" });
    await expect(demoted).rejects.toMatchObject({ code: "role_given_by_github" });
    await mapped.update(mona, boss.ownerId, { role: "user" });
    expect((await peopleWith().list({ ...everybody, role: "admin" })).items).toEqual([]);
  });
});
