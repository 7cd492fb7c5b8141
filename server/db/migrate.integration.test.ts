import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
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

  test("are applied whole or not at all, functions with semicolons included", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "migrations-"));
    const migration = path.join(folder, "prisma", "migrations", "1_both");
    await mkdir(migration, { recursive: true });
    const good = "CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; RETURN 2; END $$;";
    await writeFile(path.join(migration, "migration.sql"), `${good} SELECT nothing_of_the_kind();`);
    try {
      await expect(migrate(urlOf(database), folder)).rejects.toThrow("nothing_of_the_kind");
      expect(await query(urlOf(database), "SELECT 1 FROM pg_proc WHERE proname = 'two'")).toEqual([]);
      await query(urlOf(database), "DROP TABLE _prisma_migrations");
      await writeFile(path.join(migration, "migration.sql"), good);
      expect(await migrate(urlOf(database), folder)).toEqual(["1_both"]);
      expect(await query(urlOf(database), "SELECT two()")).toEqual([{ two: 1 }]);
    } finally {
      await rm(folder, { recursive: true });
    }
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
