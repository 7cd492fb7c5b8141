import type { RetentionRun } from "@/lib/contracts/retention";
import { type Db, Prisma, wasTooLong } from "@/server/db/client";
import { isPresentSql } from "@/server/db/presence";
import type { Actor } from "@/server/platform/scope";
import type { Audit, AuditEntry } from "../../audit/types";
import type { Doomed, Placed, Removal } from "../../sessions/types";
import { createOneAtATime, type Transaction } from "../store";
import { CLEANUP_ACTOR } from "../types";

export type StoredRun = RetentionRun & { processId: string | null };

/** The run that a process carries out, as its fence: what names it is done only while it is this process's. */
export type Carrier = { runId: string; processId: string };

const isCarriedBy = ({ runId, processId }: Carrier) => Prisma.sql`
  "id" = ${runId}::uuid AND "state" = 'running' AND "processId" = ${processId}`;

export type RemoveRequest = {
  sessions: Doomed[];
  where: Prisma.Sql;
  whole: boolean;
  longestMs: number;
  limitMs: number;
};
export type Removed = string[] | "too_long" | "lost";

/** The runs of the clean-up, and what they do. */
export function createRunStore(db: Db, { audit, removal }: { audit: Audit; removal: Removal }) {
  const oneAtATime = createOneAtATime(db);

  const note = (tx: Transaction, entry: AuditEntry) => tx.$executeRaw(audit.statement(entry));

  /** Whether the run is this process's; from now on each statement may take `limitMs`, or as long as it takes where
   *  that is 0. Its locks do not wait for the disk: what a crash undoes, with its lines in the audit log, is found again. */
  async function isCarried(tx: Transaction, carrier: Carrier, limitMs: number): Promise<boolean> {
    const rows = await tx.$queryRaw<{ isCarried: boolean }[]>`
      SELECT EXISTS (SELECT 1 FROM "RetentionRun" WHERE ${isCarriedBy(carrier)}) AS "isCarried",
             set_config('statement_timeout', ${String(limitMs)}, true), set_config('synchronous_commit', 'off', true)`;
    return rows[0]?.isCarried === true;
  }

  // Under the lock, so there is never more than one.
  async function begin(tx: Transaction, actor: Actor | null, now: Date): Promise<StoredRun> {
    const running = await tx.retentionRun.findFirst({ where: { state: "running" } });
    if (running) return running;
    const run = await tx.retentionRun.create({ data: { startedBy: actor?.login ?? null, startedAt: now } });
    const target = { type: "cleanup" as const, id: run.id };
    await note(tx, { action: "cleanup.started", actor: actor ?? CLEANUP_ACTOR, target });
    return run;
  }

  const settle = (
    carrier: Carrier,
    column: "orphanFiles" | "orphanRows",
    statement: (along: { where: Prisma.Sql; also: Prisma.Sql }) => Prisma.Sql,
  ): Promise<void> =>
    oneAtATime(async (tx) => {
      const name = Prisma.raw(`"${column}"`);
      const where = Prisma.sql`EXISTS (SELECT 1 FROM "RetentionRun" WHERE ${isCarriedBy(carrier)})`;
      const also = Prisma.sql`UPDATE "RetentionRun" SET ${name} = ${name} + (SELECT "rows" FROM settled)
        WHERE ${isCarriedBy(carrier)}`;
      await tx.$queryRaw(statement({ where, also }));
    });

  return {
    /** Deletes those of `sessions` for which `where` still holds, with their count in the run, and answers with their ids.
     *  `too_long`: it took more than `limitMs` (0: it may), and nothing was done. `lost`: the run is not this process's any
     *  more. `longestMs` is noted with it; `begun` is called when it holds its first lock. */
    async remove(carrier: Carrier, request: RemoveRequest, begun: () => void): Promise<Removed> {
      const { sessions, where, whole, longestMs, limitMs } = request;
      try {
        return await oneAtATime(async (tx) => {
          begun();
          if (!(await isCarried(tx, carrier, limitMs))) return "lost";
          const rows = await tx.$queryRaw<{ id: string }[]>(
            removal.statement({
              ...{ sessions, where, whole, actor: CLEANUP_ACTOR },
              also: Prisma.sql`
                UPDATE "RetentionRun" SET "sessions" = "sessions" + (SELECT count(*)::int FROM place),
                  "events" = "events" + COALESCE((SELECT sum("events")::int FROM place), 0),
                  "longestBatchMs" = GREATEST("longestBatchMs", ${Math.round(longestMs)}::int)
                WHERE ${isCarriedBy(carrier)}`,
            }),
          );
          return rows.map(({ id }) => id);
        });
      } catch (error) {
        if (wasTooLong(error)) return "too_long";
        throw error;
      }
    },

    /** Has the janitor remove what no session knows of these conversations, and counts it. */
    bury: (carrier: Carrier, cliServer: string, conversations: string[]): Promise<void> =>
      settle(carrier, "orphanFiles", (along) => removal.bury({ cliServer, conversations, ...along })),
    /** Notes that no CLI server has these sessions' conversations, and counts it. */
    forget: (carrier: Carrier, sessions: Placed[]): Promise<void> =>
      settle(carrier, "orphanRows", (along) => removal.forget({ sessions, ...along })),

    list: (limit: number): Promise<StoredRun[]> =>
      db.retentionRun.findMany({ orderBy: [{ startedAt: "desc" }, { id: "desc" }], take: limit }),
    /** The run that is under way; a new one where there is none, for whoever takes it. */
    start: (actor: Actor, now: Date): Promise<StoredRun> => oneAtATime((tx) => begin(tx, actor, now)),
    /** The same by itself, as long as `isDue` still holds: of the processes that see a run due, one starts it. */
    startDue: async (now: Date, isDue: () => Promise<boolean>): Promise<void> =>
      oneAtATime(async (tx) => {
        if (await isDue()) await begin(tx, null, now);
      }),
    /** The run that is this process's to carry out: its own, or one whose process is gone; null where there is none. */
    take: (processId: string): Promise<StoredRun | null> =>
      oneAtATime(async (tx) => {
        const rows = await tx.$queryRaw<{ id: string }[]>`
          UPDATE "RetentionRun" SET "processId" = ${processId}
          WHERE "state" = 'running' AND ("processId" IS NULL OR "processId" = ${processId}
            OR NOT ${isPresentSql(Prisma.sql`"processId"`)})
          RETURNING "id"`;
        const id = rows[0]?.id;
        return id === undefined ? null : tx.retentionRun.findUnique({ where: { id } });
      }),
    /** Ends the run, with its line in the audit log; null where it is not this process's any more. `error`: why it failed. */
    end: (
      carrier: Carrier,
      { now, longestMs, error }: { now: Date; longestMs: number; error: string | null },
    ): Promise<StoredRun | null> =>
      oneAtATime(async (tx) => {
        await tx.$executeRaw`
          UPDATE "RetentionRun" SET "state" = ${error === null ? "completed" : "failed"}::"RetentionRunState",
            "endedAt" = ${now}, "error" = ${error},
            "longestBatchMs" = GREATEST("longestBatchMs", ${Math.round(longestMs)}::int)
          WHERE ${isCarriedBy(carrier)}`;
        const run = await tx.retentionRun.findUnique({
          where: { id: carrier.runId, processId: carrier.processId, endedAt: now },
        });
        if (!run) return null;
        const { sessions, events, orphanFiles, orphanRows } = run;
        await note(tx, {
          ...{ action: "cleanup.ended", actor: CLEANUP_ACTOR, target: { type: "cleanup", id: run.id } },
          ...(error !== null && { result: "failed" as const, code: error }),
          details: { sessions, events, orphanFiles, orphanRows },
        });
        return run;
      }),
  };
}

export type RunStore = ReturnType<typeof createRunStore>;
