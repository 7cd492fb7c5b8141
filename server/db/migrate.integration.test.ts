import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { migrate, readMigrations } from "./migrate";

const projectDir = process.cwd();

async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${database}`;
  return url.href;
}

let database: string;
beforeEach(async () => {
  database = `migrate_${randomUUID().replaceAll("-", "")}`;
  await query(urlOf("postgres"), `CREATE DATABASE ${database}`);
});
afterEach(() => query(urlOf("postgres"), `DROP DATABASE ${database} WITH (FORCE)`));

describe("migrations", () => {
  test("are applied once, in order, and then never again", async () => {
    const names = (await readMigrations(projectDir)).migrationDirectories.map((folder) => folder.path);
    expect(await migrate(urlOf(database), projectDir)).toEqual(names);
    expect(await migrate(urlOf(database), projectDir)).toEqual([]);
    const rows = await query<{ migration_name: string }>(
      urlOf(database),
      "SELECT migration_name FROM _prisma_migrations ORDER BY started_at",
    );
    expect(rows.map((row) => row.migration_name)).toEqual(names);
  });

  test("of two processes that start together are applied by one, while the other waits", async () => {
    const names = (await readMigrations(projectDir)).migrationDirectories.map((folder) => folder.path);
    const applied = await Promise.all([
      migrate(urlOf(database), projectDir),
      migrate(urlOf(database), projectDir),
    ]);
    expect(applied.sort((a, b) => b.length - a.length)).toEqual([names, []]);
  });

  test("lead to prisma/schema.prisma: run `npm run prisma:migration` after a change of the schema", async () => {
    const newest = (await readMigrations(projectDir)).migrationDirectories.at(-1)?.path ?? "";
    const reached = await readFile(
      path.join(projectDir, "prisma", "migrations", newest, "schema.prisma"),
      "utf8",
    );
    expect(reached).toBe(await readFile(path.join(projectDir, "prisma", "schema.prisma"), "utf8"));
  });
});
