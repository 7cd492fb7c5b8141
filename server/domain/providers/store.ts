import type { ProviderKind, ProviderModel, WireApi } from "@/lib/contracts/providers";
import { type Db, Prisma } from "@/server/db/client";
import type { OwnerId } from "@/server/platform/scope";
import type { Audit, AuditEntry } from "../audit/types";
import type { Whose } from "./types";

/** A provider as it is stored: `key` and `headers` are sealed. */
export type StoredProvider = {
  id: string;
  ownerId: string | null;
  name: string;
  kind: ProviderKind;
  wireApi: WireApi;
  baseUrl: string;
  azureApiVersion: string | null;
  key: string | null;
  headerNames: string[];
  headers: string | null;
  models: ProviderModel[];
  disabled: boolean;
  version: number;
  updatedAt: Date;
};

/** What its owner decides. */
export type ProviderFields = Omit<StoredProvider, "id" | "ownerId" | "version" | "updatedAt">;

type Sealed = Pick<StoredProvider, "key" | "headers">;

const COLUMNS = Prisma.sql`"id", "ownerId", "name", "kind", "wireApi", "baseUrl", "azureApiVersion", "key",
  "headerNames", "headers", "models", "disabled", "version", "updatedAt"`;

const isOf = (whose: Whose): Prisma.Sql => Prisma.sql`"ownerId" IS NOT DISTINCT FROM ${whose}::uuid`;

const isFor = (owner: OwnerId): Prisma.Sql =>
  Prisma.sql`("ownerId" = ${owner}::uuid OR "ownerId" IS NULL) AND NOT "disabled"`;

const valuesOf = (fields: ProviderFields): Prisma.Sql => Prisma.sql`
  ${fields.name}::text, ${fields.kind}::"ProviderKind", ${fields.wireApi}::"WireApi", ${fields.baseUrl}::text,
  ${fields.azureApiVersion}::text, ${fields.key}::text, ${fields.headerNames}::text[], ${fields.headers}::text,
  ${JSON.stringify(fields.models)}::jsonb, ${fields.disabled}::boolean`;

const NAMED = Prisma.sql`"name", "kind", "wireApi", "baseUrl", "azureApiVersion", "key", "headerNames", "headers",
  "models", "disabled"`;

/** The providers room's rows. */
export function createProviderStore(db: Db, audit: Pick<Audit, "statement" | "record">) {
  const isChanged = Prisma.sql`EXISTS (SELECT 1 FROM changed)`;

  /** A change that answers with its row, and its line in the audit log where there is one. */
  async function changed(change: Prisma.Sql, entry: AuditEntry): Promise<StoredProvider | null> {
    const rows = await db.$queryRaw<StoredProvider[]>`
      WITH changed AS (${change} RETURNING ${COLUMNS}),
      entry AS (${audit.statement(entry, isChanged)})
      SELECT * FROM changed`;
    return rows[0] ?? null;
  }

  return {
    list: (whose: Whose): Promise<StoredProvider[]> =>
      db.$queryRaw`SELECT ${COLUMNS} FROM "Provider" WHERE ${isOf(whose)} ORDER BY lower("name"), "id"`,
    async find(whose: Whose, id: string): Promise<StoredProvider | null> {
      const rows = await db.$queryRaw<StoredProvider[]>`
        SELECT ${COLUMNS} FROM "Provider" WHERE "id" = ${id}::uuid AND ${isOf(whose)}`;
      return rows[0] ?? null;
    },
    /** Those that this person may use, their own first. */
    listFor: (owner: OwnerId): Promise<StoredProvider[]> =>
      db.$direct<StoredProvider>(Prisma.sql`
        SELECT ${COLUMNS} FROM "Provider" WHERE ${isFor(owner)}
        ORDER BY "ownerId" IS NULL, lower("name"), "id"`),
    async findFor(owner: OwnerId, id: string): Promise<StoredProvider | null> {
      const rows = await db.$direct<StoredProvider>(
        Prisma.sql`SELECT ${COLUMNS} FROM "Provider" WHERE "id" = ${id}::uuid AND ${isFor(owner)}`,
      );
      return rows[0] ?? null;
    },
    /** Adds one; null where there are `max` already. */
    async insert(
      whose: Whose,
      { id, ...fields }: ProviderFields & { id: string },
      { entry, max }: { entry: AuditEntry; max: number },
    ): Promise<StoredProvider | null> {
      return changed(
        Prisma.sql`
          INSERT INTO "Provider" ("id", "ownerId", ${NAMED})
          SELECT ${id}::uuid, ${whose}::uuid, ${valuesOf(fields)}
          WHERE (SELECT count(*) FROM "Provider" WHERE ${isOf(whose)}) < ${max}::int`,
        entry,
      );
    },
    /** Changes the one that has this version; null where there is none, or it was changed meanwhile. */
    async update(
      whose: Whose,
      { id, version, ...fields }: ProviderFields & { id: string; version: number },
      entry: AuditEntry,
    ): Promise<StoredProvider | null> {
      return changed(
        Prisma.sql`
          UPDATE "Provider" SET (${NAMED}) = ROW(${valuesOf(fields)}), "version" = "version" + 1, "updatedAt" = now()
          WHERE "id" = ${id}::uuid AND ${isOf(whose)} AND "version" = ${version}`,
        entry,
      );
    },
    delete: async (whose: Whose, id: string, entry: AuditEntry): Promise<boolean> =>
      (await changed(
        Prisma.sql`DELETE FROM "Provider" WHERE "id" = ${id}::uuid AND ${isOf(whose)}`,
        entry,
      )) !== null,
    /** Replaces sealed texts by others of the same plain ones, where nothing was changed meanwhile. */
    async reseal({ id, version }: Pick<StoredProvider, "id" | "version">, sealed: Sealed): Promise<void> {
      await db.provider.updateMany({ where: { id, version }, data: sealed });
    },
    record: (entry: AuditEntry): Promise<void> => audit.record(entry),
  };
}

export type ProviderStore = ReturnType<typeof createProviderStore>;
