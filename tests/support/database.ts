import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";
import { createDb, type Db } from "@/server/db/client";
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
