import type { AdminJobRow, JobStatus } from "@/lib/contracts/jobs";
import { type Db, Prisma } from "@/server/db/client";
import { literally } from "@/server/db/like";
import type { Place } from "@/server/platform/places";
import type { OwnerId } from "@/server/platform/scope";
import { isAfterSql, LISTED } from "../store";

export type AdminListFilter = {
  status: JobStatus[] | null;
  owner: string | null;
  after: Place | null;
  limit: number;
};
export type AdminStoredRow = Omit<AdminJobRow, "message" | "owner"> & {
  ownerId: string;
  login: string;
  image: string | null;
};

/** Everybody's jobs, to be looked at by administrators: no word of a prompt or a result is read. */
export function createJobAdminStore(db: Db) {
  return {
    list: ({ status, owner, after, limit }: AdminListFilter): Promise<AdminStoredRow[]> =>
      db.$planned<AdminStoredRow>(Prisma.sql`
        SELECT ${LISTED}, char_length(j."prompt") AS "promptChars", j."worker",
               u."id" AS "ownerId", u."login", u."image"
        FROM "Job" j JOIN "User" u ON u."id" = j."ownerId"
        WHERE ${isAfterSql(after)}
          AND ${status ? Prisma.sql`j."status" = ANY(${status}::"JobStatus"[])` : Prisma.sql`true`}
          AND ${
            owner
              ? Prisma.sql`lower(u."login") LIKE ${`${literally(owner.toLowerCase())}%`}`
              : Prisma.sql`true`
          }
        ORDER BY j."createdAt" DESC, j."id" DESC LIMIT ${limit}::int`),
    /** Whose a job is; null where there is none. */
    async ownerOf(jobId: string): Promise<{ owner: OwnerId; login: string } | null> {
      const [row] = await db.$direct<{ owner: OwnerId; login: string }>(Prisma.sql`
        SELECT u."id" AS "owner", u."login" FROM "Job" j JOIN "User" u ON u."id" = j."ownerId"
        WHERE j."id" = ${jobId}::uuid`);
      return row ?? null;
    },
  };
}

export type JobAdminStore = ReturnType<typeof createJobAdminStore>;
