import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { MigrationList } from "@prisma/schema-engine-wasm";
import { Logger, runMigrations } from "graphile-worker";
import { Client } from "pg";
import { openSchemaEngine } from "./schema-engine";

/** Postgres advisory lock that one starting process at a time holds while it migrates (any constant works). */
const MIGRATION_LOCK_KEY = 7_283_114;

/** Reads `prisma/migrations` under `projectDir` in the shape Prisma's schema engine takes. */
export async function readMigrations(projectDir: string): Promise<MigrationList> {
  const baseDir = path.join(projectDir, "prisma", "migrations");
  const entries = await readdir(baseDir, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir,
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
    shadowDbInitScript: "",
    migrationDirectories: await Promise.all(
      folders.sort().map(async (folder) => ({
        path: folder,
        migrationFile: {
          path: "migration.sql",
          content: {
            tag: "ok" as const,
            value: await readFile(path.join(baseDir, folder, "migration.sql"), "utf8"),
          },
        },
      })),
    ),
  };
}

// Only a failure is worth a line, and that is thrown.
const QUIET = new Logger(() => () => {});

/** Brings the database at `url` to the newest migration, with the job queue's own tables, which have a schema of their own;
 *  returns the names it applied (often none).
 *  Safe to call from many starting processes at once: they queue on an advisory lock. */
export async function migrate(url: string, projectDir: string): Promise<string[]> {
  const migrations = await readMigrations(projectDir);
  const lock = new Client({ connectionString: url });
  await lock.connect();
  try {
    await lock.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK_KEY]);
    const engine = await openSchemaEngine(url);
    const filters = { externalTables: [], externalEnums: [] };
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: migrations, filters });
    engine.free();
    await runMigrations({ connectionString: url, logger: QUIET });
    return appliedMigrationNames;
  } finally {
    // Ending the connection releases the lock, also after an error.
    await lock.end();
  }
}
