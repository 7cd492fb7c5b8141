// Run after a change of prisma/schema.prisma: `npm run prisma:migration -- short_name`.
// Writes the difference to the newest migration as a new folder under prisma/migrations. Each folder keeps the
// schema it leads to, so the comparison needs no database. Edit migration.sql where SQL can say more than the
// schema (partial indexes).
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { startEmbeddedPostgres } from "@/server/db/embedded";
import { openSchemaEngine } from "@/server/db/schema-engine";

const projectDir = process.cwd();
const migrationsDir = path.join(projectDir, "prisma", "migrations");
const schemaFile = path.join(projectDir, "prisma", "schema.prisma");
const entries = await readdir(migrationsDir, { withFileTypes: true });
const newest = entries
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort()
  .at(-1);

const datamodel = async (file: string) => ({
  tag: "schemaDatamodel" as const,
  files: [{ path: "schema.prisma", content: await readFile(file, "utf8") }],
});

const postgres = await startEmbeddedPostgres({
  dataDir: path.join(projectDir, ".data", "migration"),
  ephemeral: true,
});
try {
  const engine = await openSchemaEngine(postgres.url);
  const { stdout } = await engine.diff({
    from: newest ? await datamodel(path.join(migrationsDir, newest, "schema.prisma")) : { tag: "empty" },
    to: await datamodel(schemaFile),
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  engine.free();
  if (!stdout?.trim() || stdout.includes("This is an empty migration")) {
    console.log("The migrations already produce this schema; nothing written.");
  } else {
    const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
    const folder = path.join(migrationsDir, `${stamp}_${process.argv[2] ?? "change"}`);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "migration.sql"), stdout);
    await copyFile(schemaFile, path.join(folder, "schema.prisma"));
    console.log(`Wrote ${path.relative(projectDir, folder)}/migration.sql`);
  }
} finally {
  await postgres.stop();
}
