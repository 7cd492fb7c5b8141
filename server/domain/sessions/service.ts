import { type SessionSummary, UNTITLED } from "@/lib/contracts/sessions";
import { AppError } from "@/lib/errors/app-error";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { OwnerId } from "@/server/platform/scope";
import { personTopic } from "../accounts/types";
import { exceeded, type Quota, sizeOf } from "../quotas/types";
import { decodeCursor, encodeCursor } from "./rules";
import type { SessionRow, SessionStore } from "./store";
import { SESSIONS_RETRY_SECONDS } from "./tunables";
import { type EventLog, type Processes, runnerTopic, type Sessions } from "./types";
import { watchLog } from "./watch";

type Deps = {
  store: SessionStore;
  log: EventLog;
  bell: Bell;
  processes: Pick<Processes, "noteWatch">;
  clock: Clock;
  /** Sessions that may be stored. */
  quota: Quota;
};

function toSummary(row: SessionRow): SessionSummary {
  const active = row.turns[0];
  return {
    id: row.id,
    title: row.title,
    model: row.model,
    archived: row.archivedAt !== null,
    activeTurn: active ? { turnId: active.id, status: active.status } : null,
    lastSeq: row.head?.lastSeq ?? 0,
    createdAt: row.createdAt,
    lastActivityAt: row.lastActivityAt,
  };
}

export function createSessions({ store, log, bell, processes, clock, quota }: Deps): Sessions {
  async function owned(owner: OwnerId, sessionId: string): Promise<SessionRow> {
    const row = await store.find(owner, sessionId);
    if (!row) throw new AppError("session_not_found");
    return row;
  }

  async function refused(owner: OwnerId, tokenId: string | null): Promise<never> {
    const of = await store.fullOf(owner, tokenId, quota);
    // Deleted since it was found to be there, or others were: the next call makes a new one.
    if (!of) throw new AppError("session_not_found");
    throw exceeded("too_many_sessions", { of, size: sizeOf(quota, of), seconds: SESSIONS_RETRY_SECONDS });
  }

  return {
    async list(actor, { query = "", archived, cursor, limit }) {
      const after = cursor ? decodeCursor(cursor) : null;
      if (cursor && !after)
        throw new AppError("invalid_input", { details: { cursor: "is not from this list" } });
      // One more than asked tells whether there is a next page.
      const rows = await store.list(actor.ownerId, { query, archived, after, limit: limit + 1 });
      const items = rows.slice(0, limit).map(toSummary);
      const last = items.at(-1);
      return { items, nextCursor: rows.length > limit && last ? encodeCursor(last) : null };
    },
    get: async (actor, sessionId) => toSummary(await owned(actor.ownerId, sessionId)),
    async create({ ownerId, token }, { title, model, idempotencyKey }) {
      const named = title !== undefined;
      const tokenId = token?.id ?? null;
      const key = idempotencyKey ?? null;
      const asked = { title: title ?? UNTITLED, named, model: model ?? null, idempotencyKey: key };
      const created = await store.create(ownerId, { ...asked, tokenId, quota });
      // One that is there already is answered as ever, whether there is room for another or not.
      const known = created ?? (key === null ? null : await store.findByKey(ownerId, key));
      return toSummary(known ?? (await refused(ownerId, tokenId)));
    },
    creationSql: store.creationSql,
    async update(actor, { sessionId, ...change }) {
      const { title, model, archived } = change;
      if (title !== undefined || model !== undefined || archived !== undefined) {
        const appended = await log.append({
          sessionId,
          guard: { owner: actor.ownerId },
          events: [{ type: "session.updated", data: { title, model, archived } }],
          first: store.updateSql(actor.ownerId, sessionId, change),
        });
        if (!appended.won) throw new AppError("session_not_found");
        bell.ring(sessionId);
      }
      return toSummary(await owned(actor.ownerId, sessionId));
    },
    async delete(actor, sessionId) {
      if (!(await store.delete(actor.ownerId, sessionId, { actor }))) throw new AppError("session_not_found");
      // Its watchers and its runner find nothing and stop.
      bell.ring(sessionId);
      bell.ring(runnerTopic(sessionId));
    },
    async events(actor, { sessionId, afterSeq, limit }) {
      const { head } = await owned(actor.ownerId, sessionId);
      return { events: await log.read(sessionId, { afterSeq, limit }), lastSeq: head?.lastSeq ?? 0 };
    },
    async *watch(actor, sessionId, options) {
      await owned(actor.ownerId, sessionId);
      const allowedTopic = personTopic(actor.ownerId);
      processes.noteWatch(1);
      try {
        yield* watchLog({ log, bell, clock }, sessionId, { ...options, allowedTopic });
      } finally {
        processes.noteWatch(-1);
      }
    },
  };
}
