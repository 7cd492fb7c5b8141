import type { AuditEvent } from "@/lib/contracts/audit";
import type { Clock } from "@/server/platform/clock";
import { brokenLink, type Link } from "./rules";
import { type AuditRow, type AuditStore, insertEachSql, insertSql } from "./store";
import { READ_ROWS, REFUSAL_AGAIN_MS, REFUSALS_MAX } from "./tunables";
import type { Audit } from "./types";

function toEvent(row: AuditRow): AuditEvent {
  const { seq, at, actorId, actorName, address, action, targetType, targetId, targetName } = row;
  return {
    ...{ seq, at, address, action, result: row.result, code: row.code, hash: row.hash },
    actor: actorName === null ? null : { id: actorId, name: actorName },
    target:
      targetType !== null && targetId !== null ? { type: targetType, id: targetId, name: targetName } : null,
    details: JSON.parse(row.details) as Record<string, unknown>,
  };
}

/** Who did what. See `Audit` for what each call guarantees. */
export function createAudit(store: AuditStore, clock: Clock): Audit {
  const refusedAt = new Map<string, number>();

  return {
    record: (entry) => store.insert(entry),
    recordOnce: (entry, since) => store.insertOnce(entry, since),
    async recordRefusal(actor, procedure) {
      const key = `${actor.ownerId} ${procedure}`;
      const now = clock.monotonicMs();
      const before = refusedAt.get(key);
      if (before !== undefined && now - before < REFUSAL_AGAIN_MS) return;
      refusedAt.delete(key);
      refusedAt.set(key, now);
      const oldest = refusedAt.keys().next().value;
      if (refusedAt.size > REFUSALS_MAX && oldest !== undefined) refusedAt.delete(oldest);
      const target = { type: "procedure" as const, id: procedure };
      await store.insert({ action: "access_refused", actor, target, result: "refused" });
    },
    statement: insertSql,
    statementEach: insertEachSql,
    async list({ cursor, limit, ...filter }) {
      // One more than asked tells whether there is a next page.
      const rows = await store.newest(filter, cursor ?? null, limit + 1);
      const items = rows.slice(0, limit).map(toEvent);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.seq ?? null) : null };
    },
    async export(actor, { afterSeq, limit, ...filter }) {
      if (afterSeq === 0) {
        await store.insert({ action: "audit.exported", actor, details: { filter: JSON.stringify(filter) } });
      }
      const rows = await store.oldest(filter, afterSeq, limit + 1);
      const items = rows.slice(0, limit).map(toEvent);
      return { items, nextAfterSeq: rows.length > limit ? (items.at(-1)?.seq ?? null) : null };
    },
    hashAt: async (seq) => (await store.oldest({}, seq - 1, 1)).find((row) => row.seq === seq)?.hash ?? null,
    async verify() {
      let last: Link | null = null;
      while (true) {
        const rows: AuditRow[] = await store.oldest({}, last?.seq ?? 0, READ_ROWS);
        for (const row of rows) {
          const broken = brokenLink(row, last);
          if (broken) return { events: last?.seq ?? 0, head: last?.hash ?? null, broken };
          last = { seq: row.seq, hash: row.hash };
        }
        if (rows.length < READ_ROWS)
          return { events: last?.seq ?? 0, head: last?.hash ?? null, broken: null };
      }
    },
  };
}
