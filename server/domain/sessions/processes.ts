import type { Bell } from "@/server/db/bell";
import { type Db, Prisma } from "@/server/db/client";
import { isPresentSql } from "@/server/db/presence";
import type { OtherProcess, Processes, ProcessRole } from "./types";

type Row = { id: string; role: ProcessRole; isPresent: boolean };

type Deps = { db: Db; bell: Pick<Bell, "isSteady">; self: { id: string; role: ProcessRole } };

export function createProcesses({ db, bell, self }: Deps): Processes {
  let others: OtherProcess[] = [];
  let missing = new Set<string>();

  async function free(ids: string[]): Promise<number> {
    return db.$executeRaw`
      WITH gone AS (DELETE FROM "Process" WHERE "id" = ANY(${ids}) RETURNING "id")
      UPDATE "SessionHead" SET "leaseOwner" = NULL, "leaseExpiresAt" = NULL
      WHERE "leaseOwner" IN (SELECT "id" FROM gone)`;
  }

  return {
    others: () => others,
    async look() {
      // Nor is this process named before others can see that it is there.
      if (!bell.isSteady()) {
        missing = new Set();
        return false;
      }
      const rows = await db.$direct<Row>(Prisma.sql`
        SELECT p."id", p."role", ${isPresentSql(Prisma.sql`p."id"`)} AS "isPresent" FROM "Process" p`);
      if (!rows.some(({ id }) => id === self.id)) {
        await db.process.createMany({ data: [self], skipDuplicates: true });
      }
      const known = rows.filter(({ id }) => id !== self.id);
      others = known
        .filter(({ isPresent }) => isPresent)
        .map(({ id, role }) => ({ id, runsTurns: role !== "web" }));
      const absent = known.filter(({ isPresent }) => !isPresent).map(({ id }) => id);
      const gone = absent.filter((id) => missing.has(id));
      missing = new Set(absent);
      return gone.length > 0 && (await free(gone)) > 0;
    },
    async leave() {
      await db.process.deleteMany({ where: { id: self.id } });
    },
  };
}
