import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";
import { createDb, type Db } from "@/server/db/client";
import { createAudit } from "@/server/domain/audit/service";
import { createAuditStore } from "@/server/domain/audit/store";
import type { Audit } from "@/server/domain/audit/types";
import { type Clock, systemClock } from "@/server/platform/clock";
import type { OwnerId } from "@/server/platform/scope";

export type TestDatabase = { url: string; db: Db; [Symbol.asyncDispose](): Promise<void> };

async function admin(sql: string): Promise<void> {
  const url = new URL(inject("postgresUrl"));
  url.pathname = "/postgres";
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** A migrated, empty database of this test's own. Use with `await using`, or dispose it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await admin(`CREATE DATABASE ${name} TEMPLATE flightdeck`);
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  const db = createDb(url.href);
  return {
    url: url.href,
    db,
    [Symbol.asyncDispose]: async () => {
      await db.$disconnect();
      await admin(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** The audit log of a test's database. */
export const auditOf = (db: Db, clock: Clock = systemClock): Audit =>
  createAudit(createAuditStore(db), clock);

/** A person in the test's database. */
export async function createPerson(db: Db, login: string): Promise<OwnerId> {
  const { id } = await db.user.create({ data: { login } });
  return id as OwnerId;
}

/** Ends every connection to the test's database, as a restart of Postgres does. */
export async function terminateConnections(database: TestDatabase): Promise<void> {
  const name = new URL(database.url).pathname.slice(1);
  await admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
}

/** An empty database, without migrations, of a role that is no superuser; with the role's own URL. */
export async function emptyDatabase(): Promise<{ url: string; [Symbol.asyncDispose](): Promise<void> }> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await admin(`CREATE ROLE ${name} LOGIN PASSWORD '${name}'`);
  await admin(`CREATE DATABASE ${name} OWNER ${name}`);
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  url.username = name;
  url.password = name;
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      await admin(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin(`DROP ROLE ${name}`);
    },
  };
}
