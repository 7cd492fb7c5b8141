import type { Bell } from "@/server/db/bell";
import { type Db, Prisma } from "@/server/db/client";
import { isPresentSql } from "@/server/db/presence";
import type { Clock } from "@/server/platform/clock";
import { WATCHES_TELL_MS } from "./tunables";
import type { OtherProcess, ProcessCount, Processes, ProcessRole } from "./types";

type Row = { id: string; role: ProcessRole; isPresent: boolean };

type Deps = {
  db: Db;
  bell: Pick<Bell, "isSteady">;
  clock: Clock;
  self: { id: string; role: ProcessRole };
};

export function createProcesses({ db, bell, clock, self }: Deps): Processes {
  let others: OtherProcess[] = [];
  let missing = new Set<string>();
  let watches = 0;
  let told = { watches: 0, at: Number.NEGATIVE_INFINITY };

  async function tellWatches(): Promise<void> {
    const now = clock.monotonicMs();
    if (watches === told.watches || now - told.at < WATCHES_TELL_MS) return;
    const telling = { watches, at: now };
    await db.process.updateMany({ where: { id: self.id }, data: { watches } });
    told = telling;
  }

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
        told.watches = 0;
      }
      await tellWatches();
      const known = rows.filter(({ id }) => id !== self.id);
      others = known
        .filter(({ isPresent }) => isPresent)
        .map(({ id, role }) => ({ id, runsTurns: role !== "web" }));
      const absent = known.filter(({ isPresent }) => !isPresent).map(({ id }) => id);
      const gone = absent.filter((id) => missing.has(id));
      missing = new Set(absent);
      return gone.length > 0 && (await free(gone)) > 0;
    },
    noteWatch(change) {
      watches += change;
    },
    async count() {
      const [row] = await db.$direct<ProcessCount>(Prisma.sql`
        SELECT count(*)::int AS "processes", COALESCE(sum(p."watches"), 0)::int AS "watches"
        FROM "Process" p WHERE ${isPresentSql(Prisma.sql`p."id"`)}`);
      return row ?? { processes: 0, watches: 0 };
    },
    async leave() {
      await db.process.deleteMany({ where: { id: self.id } });
    },
  };
}
