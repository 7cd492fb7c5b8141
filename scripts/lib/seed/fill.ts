import { Client } from "pg";
import { seededRandom } from "@/bench/random";
import { createDb } from "@/server/db/client";
import { createAudit } from "@/server/domain/audit/service";
import { createAuditStore } from "@/server/domain/audit/store";
import { createUsage } from "@/server/domain/usage/service";
import { createUsageStore } from "@/server/domain/usage/store";
import { systemClock } from "@/server/platform/clock";
import type { OwnerId } from "@/server/platform/scope";
import { type Conversations, conversationStatements, type Statement } from "./conversations";
import { functionsSql } from "./functions";
import { makePeople, type SeedPerson } from "./people";

export type Wanted = Pick<Conversations, "sessions" | "eventsPerSession" | "servers" | "until"> & {
  people: number;
  days: number;
  seed: number;
};

type Step = (label: string, work: () => Promise<unknown>) => Promise<unknown>;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const SIGN_INS_MAX = 10;

/** Settings under which much is stored at once, until the transaction ends. The index of words in titles is the slowest:
 *  with room for its list of what waits, it is updated in bulk. */
const FOR_BULK = `
  SET LOCAL work_mem = '256MB';
  SET LOCAL gin_pending_list_limit = '512MB';
  SET LOCAL jit = off`;

async function isSuperuser(client: Client): Promise<boolean> {
  const { rows } = await client.query("SELECT FROM pg_roles WHERE rolname = current_user AND rolsuper");
  return rows.length > 0;
}

/** People in the database, in the order of `people`; who was there already stays as they are. */
async function storePeople(client: Client, people: SeedPerson[], from: Date) {
  const rows = people.map((person) => ({
    ...person,
    isGone: person.state === "gone",
    createdAt: new Date(from.getTime() - person.joinedMs),
  }));
  const { rows: stored } = await client.query<{ login: string; id: string }>(
    `WITH wanted AS (
       SELECT w.*, pg_temp.id(w."createdAt", w.n, 'person') AS id FROM jsonb_to_recordset($1::jsonb) AS w(
         n bigint, login text, name text, role text, "githubId" text, "isGone" boolean, "createdAt" timestamptz)),
     made AS (
       INSERT INTO "User" ("id", "login", "name", "role", "createdAt", "lastSignInAt", "lastSeenAt", "disabledAt")
       SELECT w.id, w.login, w.name, w.role::"Role", w."createdAt", w."createdAt", w."createdAt",
              CASE WHEN w."isGone" THEN w."createdAt" END
       FROM wanted w ORDER BY w.n ON CONFLICT DO NOTHING RETURNING "id", "login"),
     linked AS (
       INSERT INTO "Account" ("id", "userId", "type", "provider", "providerAccountId")
       SELECT pg_temp.id(w."createdAt", w.n, 'account'), m."id", 'oauth', 'github', w."githubId"
       FROM made m JOIN wanted w USING (login) ON CONFLICT DO NOTHING)
     SELECT "login", "id" FROM made UNION
     SELECT u."login", u."id" FROM "User" u JOIN wanted USING (login)`,
    [JSON.stringify(rows.map((row, n) => ({ ...row, n })))],
  );
  const ids = new Map(stored.map(({ login, id }) => [login, id]));
  return people.map((person) => ({ ...person, id: ids.get(person.login) ?? "" }));
}

// Browsers in which people are signed in. The tokens are known to nobody, so nobody can use these logins.
const LOGINS: Statement = {
  label: "Browser logins",
  sql: `
    INSERT INTO "Session" ("id", "sessionToken", "userId", "expires", "createdAt")
    SELECT gen_random_uuid(), gen_random_uuid()::text || gen_random_uuid(), u."id", u."lastSeenAt" + interval '30 days',
           u."lastSignInAt"
    FROM "User" u, generate_series(1, 1 + (hashtext(u."login") & 1)) AS n
    WHERE u."disabledAt" IS NULL AND u."lastSeenAt" > $1::timestamptz - interval '20 days'`,
  values: [],
};

/** Sign-ins and what administrators did, in the log that can only be added to: with the time of now. */
async function recordActs(url: string, people: (SeedPerson & { id: string })[], random: () => number) {
  const db = createDb(url);
  try {
    const audit = createAudit(createAuditStore(db), systemClock);
    const boss = people[0];
    for (const [n, person] of people.entries()) {
      const { id, login, role, state } = person;
      const address = `192.0.2.${1 + (n % 250)}`;
      const target = { type: "person" as const, id, name: login };
      const actor = { kind: "user" as const, ownerId: id as OwnerId, login, address };
      const times = state === "silent" ? 1 : 1 + Math.floor(random() * SIGN_INS_MAX);
      for (let time = 0; time < times; time += 1) await audit.record({ action: "sign_in", actor, target });
      if (!boss || boss === person) continue;
      const by = {
        kind: "user" as const,
        ownerId: boss.id as OwnerId,
        login: boss.login,
        address: "192.0.2.1",
      };
      if (role !== "user") {
        const details = { from: "user", to: role };
        await audit.record({ action: "person.role_changed", actor: by, target, details });
      }
      if (state === "gone") {
        await audit.record({ action: "person.disabled", actor: by, target });
        const refusal = { result: "refused" as const, code: "disabled" };
        await audit.record({ action: "sign_in_refused", actor: null, address, target, ...refusal });
      }
    }
  } finally {
    await db.$disconnect();
  }
}

async function rollUp(url: string): Promise<void> {
  const db = createDb(url);
  try {
    await createUsage(createUsageStore(db)).rollUp();
  } finally {
    await db.$disconnect();
  }
}

/** Whether somebody has sessions here already. */
export async function hasSessions(url: string): Promise<boolean> {
  const db = createDb(url);
  try {
    return (await db.copilotSession.findFirst({ select: { id: true } })) !== null;
  } finally {
    await db.$disconnect();
  }
}

/** Fills a migrated database with people, their sessions, turns and events, all of them or none; then with audit events
 *  and what was used by the hour. The same `seed`, `until` and numbers give the same rows, but for browser logins and the
 *  times in the audit log. */
export async function fill(url: string, wanted: Wanted, step: Step = (_, work) => work()): Promise<void> {
  const random = seededRandom(wanted.seed);
  // Whole hours, so that the rhythm of the day stays where it is.
  const start = wanted.until.getTime() - wanted.days * DAY_MS;
  const from = new Date(start - (start % HOUR_MS));
  const client = new Client({ connectionString: url });
  await client.connect();
  let people: (SeedPerson & { id: string })[];
  try {
    await client.query("BEGIN");
    await client.query(FOR_BULK);
    await client.query(functionsSql(wanted.seed));
    people = await storePeople(client, makePeople(wanted.people, random), from);
    const statements = [
      ...conversationStatements({ ...wanted, from, owners: people }),
      { ...LOGINS, values: [wanted.until] },
    ];
    // References hold by how the rows are made; looking each of them up would take most of the time. The audit log's
    // trigger, which is off with them, has nothing to do here.
    if (await isSuperuser(client)) await client.query("SET LOCAL session_replication_role = replica");
    for (const { label, sql, values } of statements) await step(label, () => client.query(sql, values));
    await client.query("COMMIT");
    await step("Tables are analysed", () => client.query("VACUUM ANALYZE"));
  } finally {
    await client.end();
  }
  await step("Audit log", () => recordActs(url, people, random));
  await step("Use by the hour", () => rollUp(url));
}
