import { randomUUID } from "node:crypto";
import fc from "fast-check";
import pino from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ROLES, type Role } from "@/lib/contracts/roles";
import { Prisma } from "@/server/db/client";
import { endTokensSql } from "@/server/domain/api-tokens/store";
import type { Membership } from "@/server/github/types";
import { type Clock, systemClock } from "@/server/platform/clock";
import type { RoleMapping } from "@/server/platform/role-map";
import type { OwnerId } from "@/server/platform/scope";
import { auditOf, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { NO_LISTS } from "@/tests/support/services";
import { createPeopleStore } from "../people/store";
import { type AccessLists, roleOf } from "../rules";
import { roleSql } from "../store";
import { MEMBERSHIP_AGAIN_MS, MEMBERSHIP_EVERY_MS } from "../tunables";
import type { Memberships, Reading } from "../types";
import { createMemberships } from "./service";
import { createMembershipStore } from "./store";

const ADMINS: RoleMapping = { org: "acme", team: "platform", role: "admin" };
const ACME: RoleMapping = { org: "acme", team: null, role: "user" };
const NONE: Reading = { role: null, loss: "not_a_member", isSure: true };
const as = (role: Role): Reading => ({ role, loss: null, isSure: true });

let database: TestDatabase;
let aheadMs = 0;
let rung: string[] = [];
let warned: string[] = [];
const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + aheadMs) };

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.[Symbol.asyncDispose]());
beforeEach(async () => {
  aheadMs = 0;
  [rung, warned] = [[], []];
  await database.db.user.deleteMany();
});

function membershipsWith(change: Partial<AccessLists> = {}): Memberships {
  const lists = { ...NO_LISTS, GITHUB_ROLE_MAP: [ADMINS, ACME], ...change };
  const log = pino({ level: "warn" }, { write: (line: string) => void warned.push(line) });
  return createMemberships({
    store: createMembershipStore(database.db),
    people: createPeopleStore(database.db, { audit: auditOf(database.db), lists, endTokensSql }),
    bell: { ring: (id) => void rung.push(id) },
    ...{ lists, clock, log },
  });
}

type Row = Partial<Pick<Prisma.UserUncheckedCreateInput, "role" | "mappedRole" | "suspendedAt">>;
async function person(login: string, row: Row = {}): Promise<OwnerId> {
  const { id } = await database.db.user.create({ data: { login, ...row } });
  const expires = new Date(Date.now() + 60_000);
  await database.db.session.create({ data: { userId: id, sessionToken: randomUUID(), expires } });
  return id as OwnerId;
}
const row = (id: string) => database.db.user.findUniqueOrThrow({ where: { id } });
const logins = (userId: string) => database.db.session.count({ where: { userId } });
const lines = async (targetId: string) =>
  (await database.db.auditEvent.findMany({ where: { targetId }, orderBy: { seq: "asc" } })).map(
    ({ action, actorName, details }) => [action, actorName, details],
  );

describe("what a person may do", () => {
  it("is the same where the database decides it and where the app does", async () => {
    const login = fc.constantFrom("mona", "Mona", "hubot", "mona#018f");
    const role = fc.constantFrom(...ROLES);
    const anybody = fc.record({ login, role, mappedRole: fc.option(role) });
    const anyLists = fc.record({
      ADMIN_LOGINS: fc.subarray(["mona", "hubot"]),
      GITHUB_ROLE_MAP: fc.subarray([ADMINS, ACME]),
    });
    const property = fc.asyncProperty(anybody, anyLists, async (somebody, given) => {
      const lists = { ...NO_LISTS, ...given };
      const [found] = await database.db.$direct<{ role: Role }>(Prisma.sql`
        SELECT ${roleSql(lists)} AS "role" FROM (
          SELECT ${somebody.login}::text AS "login", ${somebody.role}::"Role" AS "role",
                 ${somebody.mappedRole}::"Role" AS "mappedRole") u`);
      expect(found?.role).toBe(roleOf(somebody, lists));
    });
    await fc.assert(property, { numRuns: 200 });
  });
});

describe("reading", () => {
  const reading = (answers: Record<string, Membership>) => {
    const asked: string[] = [];
    const read = membershipsWith({ ALLOWED_ORGS: ["other"] }).read(async ({ org, team }) => {
      const place = team ? `${org}/${team}` : org;
      asked.push(place);
      return answers[place] ?? "none";
    });
    return { read, asked };
  };

  it("gives the strongest role, and asks no further", async () => {
    const strongest = reading({ "acme/platform": "member", acme: "member" });
    expect(await strongest.read).toEqual(as("admin"));
    expect(strongest.asked).toEqual(["acme/platform"]);
    expect(await reading({ acme: "member" }).read).toEqual(as("user"));
    expect(await reading({ other: "member" }).read).toEqual(as("user"));
  });

  it("says why there is none, and whether something was hidden", async () => {
    expect(await reading({}).read).toEqual(NONE);
    expect(await reading({ acme: "sso" }).read).toEqual({ role: null, loss: "sso_required", isSure: true });
    expect((await reading({ "acme/platform": "hidden", acme: "member" }).read).isSure).toBe(false);
    expect(await reading({ acme: "hidden" }).read).toEqual({ ...NONE, isSure: false });
  });
});

describe("a person whom GitHub gives", () => {
  it("another role has it, with its line in the audit log, once", async () => {
    const id = await person("mona");
    const memberships = membershipsWith();
    for (let n = 0; n < 2; n += 1) {
      expect(await memberships.settle({ id, login: "mona", reading: as("admin") })).toBe("member");
    }
    expect(await row(id)).toMatchObject({ role: "user", mappedRole: "admin", suspendedAt: null });
    expect(await lines(id)).toEqual([["person.role_changed", "membership", { from: "user", to: "admin" }]]);
    expect(rung).toEqual([`person:${id}`]);
  });

  it("less than an administrator granted loses nothing", async () => {
    const id = await person("mona", { role: "auditor" });
    await membershipsWith().settle({ id, login: "mona", reading: as("user") });
    expect(await lines(id)).toEqual([]);
  });

  it("nothing any more is suspended: no login, no role, a line in the audit log", async () => {
    await person("boss", { role: "admin" });
    const id = await person("mona", { mappedRole: "admin" });
    const lost = { ...NONE, loss: "sign_in_required" as const };
    expect(await membershipsWith().settle({ id, login: "mona", reading: lost })).toBe("suspended");
    expect(await row(id)).toMatchObject({ mappedRole: null, suspendedAt: expect.any(Date) });
    expect(await logins(id)).toBe(0);
    expect(await lines(id)).toEqual([["person.suspended", "membership", { reason: "sign_in_required" }]]);
    expect(rung).toEqual([`person:${id}`]);
  });

  it("something again is back", async () => {
    const id = await person("mona", { suspendedAt: new Date() });
    expect(await membershipsWith().settle({ id, login: "mona", reading: as("admin") })).toBe("member");
    expect((await row(id)).suspendedAt).toBeNull();
    expect(await lines(id)).toEqual([
      ["person.restored", "membership", {}],
      ["person.role_changed", "membership", { from: "user", to: "admin" }],
    ]);
    const other = await person("hubot", { suspendedAt: new Date() });
    for (let n = 0; n < 2; n += 1) await membershipsWith().restore(other);
    expect(await lines(other)).toEqual([["person.restored", "membership", {}]]);
  });

  it.each([["ALLOWED_LOGINS"], ["ADMIN_LOGINS"]] as const)(
    "nothing stays where %s names them",
    async (name) => {
      await person("boss", { role: "admin" });
      const id = await person("Mona", { mappedRole: "admin" });
      const memberships = membershipsWith({ [name]: ["mona"] });
      expect(await memberships.settle({ id, login: "Mona", reading: NONE })).toBe("member");
      expect(await row(id)).toMatchObject({ mappedRole: null, suspendedAt: null });
      expect(await logins(id)).toBe(1);
    },
  );
});

describe("the last administrator", () => {
  it.each([
    ["suspended", NONE],
    ["demoted", as("user")],
  ])("is not %s by what GitHub says, which the log tells", async (_, reading) => {
    const id = await person("mona", { mappedRole: "admin" });
    await person("boss", { role: "admin", suspendedAt: new Date() });
    expect(await membershipsWith().settle({ id, login: "mona", reading })).toBe("member");
    expect(await row(id)).toMatchObject({ mappedRole: "admin", suspendedAt: null });
    expect(await lines(id)).toEqual([]);
    expect(warned.join()).toContain("ADMIN_LOGINS");
  });

  it("may go where ADMIN_LOGINS names somebody, who can always sign in", async () => {
    const id = await person("mona", { mappedRole: "admin" });
    const memberships = membershipsWith({ ADMIN_LOGINS: ["boss"] });
    expect(await memberships.settle({ id, login: "mona", reading: NONE })).toBe("suspended");
  });

  it("is one of two who lose it at the same moment", async () => {
    const ids = [await person("one", { mappedRole: "admin" }), await person("two", { mappedRole: "admin" })];
    const settle = (id: string) => membershipsWith().settle({ id, login: "x", reading: NONE });
    expect((await Promise.all(ids.map(settle))).toSorted()).toEqual(["member", "suspended"]);
  });
});

describe("people who are due", () => {
  it("are those who were not read for an hour, each for one process alone, and not who is shut out", async () => {
    const names = Array.from({ length: 6 }, (_, index) => `p${index}`);
    for (const name of names) await person(name);
    await person("suspended", { suspendedAt: new Date() });
    const disabled = await person("disabled");
    await database.db.user.update({ where: { id: disabled }, data: { disabledAt: new Date() } });
    const processes = [membershipsWith(), membershipsWith(), membershipsWith()];
    const claimed = (await Promise.all(processes.map((each) => each.claim(4)))).flat();
    expect(claimed.map(({ login }) => login).toSorted()).toEqual(names);
    expect(await membershipsWith().claim(10)).toEqual([]);
    // Those that nobody settled, as where a process died, are due again before long.
    const [first, ...others] = claimed;
    if (!first) throw new Error("nobody was due");
    const { ownerId: id, login, claimedAt } = first;
    await membershipsWith().settle({ id, login, claimedAt, reading: as("user") });
    aheadMs = MEMBERSHIP_AGAIN_MS + 1_000;
    expect(await membershipsWith().claim(10)).toHaveLength(others.length);
    aheadMs = MEMBERSHIP_EVERY_MS + MEMBERSHIP_AGAIN_MS + 2_000;
    expect(await membershipsWith().claim(10)).toHaveLength(names.length);
  });

  it("are left as they are where somebody has read them since, as at a sign-in", async () => {
    const id = await person("mona");
    const memberships = membershipsWith();
    const [due] = await memberships.claim(1);
    aheadMs = 1_000;
    await memberships.settle({ id, login: "mona", reading: as("admin") });
    const late = { id, login: "mona", reading: NONE, claimedAt: due?.claimedAt };
    expect(await memberships.settle(late)).toBe("outdated");
    expect(await row(id)).toMatchObject({ mappedRole: "admin", suspendedAt: null });
    expect(await memberships.settle({ ...late, id: randomUUID() })).toBe("outdated");
  });
});
