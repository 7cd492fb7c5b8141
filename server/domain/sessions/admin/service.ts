import {
  type AdminSessionDetails,
  type AdminSessionRow,
  CSV_ROWS_MAX,
  EXPORT_ROWS,
} from "@/lib/contracts/admin-sessions";
import { AppError } from "@/lib/errors/app-error";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { Actor } from "@/server/platform/scope";
import type { Audit, AuditEntry } from "../../audit/types";
import type { Fleet } from "../../fleet/types";
import type { SessionStore } from "../store";
import { type EventLog, runnerTopic, type SessionAdministration, standbyTopic } from "../types";
import { ON_HOLD, type SessionRows } from "./rows/store";
import {
  decodeExportCursor,
  decodePosition,
  encodeExportCursor,
  encodePosition,
  type Order,
  type Position,
  pageOf,
} from "./rules";
import type { Owned, SessionActs } from "./store";
import { READ_AGAIN_MS, TRANSCRIPT_ROWS } from "./tunables";

type Deps = {
  rows: SessionRows;
  acts: SessionActs;
  sessions: Pick<SessionStore, "delete">;
  log: Pick<EventLog, "append" | "read">;
  audit: Pick<Audit, "record">;
  fleet: Pick<Fleet, "find" | "isDraining">;
  bell: Pick<Bell, "ring">;
  clock: Clock;
  /** Whether administrators may read conversations. */
  transcripts: AdminSessionDetails["transcripts"];
};

type Act = "session.detached" | "session.moved" | "session.archived";

const badCursor = (field: string) =>
  new AppError("invalid_input", { details: { [field]: "is not from this list in this order" } });

const entryOf = (
  action: Act,
  { actor, sessionId, login }: { actor: Actor; sessionId: string; login: string },
): AuditEntry => ({ action, actor, target: { type: "session", id: sessionId }, details: { owner: login } });

export function createSessionAdministration(deps: Deps): SessionAdministration {
  const { rows, acts, sessions, log, audit, fleet, bell, clock, transcripts } = deps;

  async function ownerOf(sessionId: string): Promise<Owned> {
    const owned = await acts.ownerOf(sessionId);
    if (!owned) throw new AppError("session_not_found");
    return owned;
  }

  /** The position in a cursor of the caller's; null where there is none. */
  function positionIn(order: Order, field: string, cursor: string | undefined): Position | null {
    if (cursor === undefined) return null;
    const position = decodePosition(order, cursor);
    if (!position) throw badCursor(field);
    return position;
  }

  /** Takes the place on the CLI server away; who holds it lets it go when they hear. False where a turn is active. */
  async function leave(sessionId: string, moveTo: string | null, entry: (login: string) => AuditEntry) {
    const { owner, login } = await ownerOf(sessionId);
    const left = await acts.leave(owner, sessionId, { moveTo, entry: entry(login) });
    if (!left) throw new AppError("session_not_found");
    bell.ring(runnerTopic(sessionId));
    if (left.standby !== null) bell.ring(standbyTopic(left.standby));
    return !left.isActive;
  }

  async function note(actor: Actor, sessionId: string, reason: string): Promise<void> {
    const target = { type: "session" as const, id: sessionId };
    if (transcripts === "closed") {
      const refused = { result: "refused" as const, code: "transcripts_closed" };
      await audit.record({ action: "session.read", actor, target, ...refused });
      throw new AppError("transcripts_closed");
    }
    const { owner, login } = await ownerOf(sessionId);
    const details = { owner: login, reason };
    const since = new Date(clock.now().getTime() - READ_AGAIN_MS);
    const noted = await log.append({
      sessionId,
      guard: { owner },
      first: acts.unreadSql(sessionId, { reader: actor.ownerId, reason, since }),
      events: [{ type: "session.read", data: { by: actor.login, reason } }],
      also: [acts.noteSql({ action: "session.read", actor, target, details })],
    });
    if (noted.won) bell.ring(sessionId);
    // Noted before, or deleted just now.
    else await ownerOf(sessionId);
  }

  return {
    ownerOf,
    async list({ sort, descending, after, before, limit, ...filter }) {
      const order = { sort, descending };
      if (after !== undefined && before !== undefined) throw badCursor("before");
      const isBack = before !== undefined;
      const position = isBack ? positionIn(order, "before", before) : positionIn(order, "after", after);
      const { items, total } = await rows.list({
        filter,
        order: isBack ? { sort, descending: !descending } : order,
        after: position,
        // One more than asked tells whether there is more in this direction.
        limit: limit + 1,
      });
      const { page, hasPrevious, hasNext } = pageOf(items, { limit, isBack, hasCursor: position !== null });
      const cursorOf = (row: AdminSessionRow | undefined) =>
        row ? encodePosition(order, row) : (after ?? before ?? null);
      return {
        ...{ items: page, total },
        nextCursor: hasNext ? cursorOf(page.at(-1)) : null,
        previousCursor: hasPrevious ? cursorOf(page[0]) : null,
      };
    },
    async get(sessionId) {
      const details = await rows.details(sessionId);
      if (!details) throw new AppError("session_not_found");
      return { ...details, transcripts };
    },
    async export(actor, { sort, descending, after, ...filter }) {
      const order = { sort, descending };
      const so = after === undefined ? { rows: 0, position: null } : decodeExportCursor(order, after);
      if (!so) throw badCursor("after");
      if (so.position === null) {
        // The words of a search may be those of a title.
        const { query, ...noted } = filter;
        const details = { filter: JSON.stringify({ ...noted, ...(query && { query: "…" }) }) };
        await audit.record({ action: "sessions.exported", actor, details });
      }
      const limit = Math.min(EXPORT_ROWS, CSV_ROWS_MAX - so.rows);
      const found = await rows.list({ filter, order, after: so.position, limit: limit + 1 });
      const items = found.items.slice(0, limit);
      const last = items.at(-1);
      const count = so.rows + items.length;
      const goesOn = found.items.length > limit && count < CSV_ROWS_MAX;
      return { items, nextCursor: goesOn && last ? encodeExportCursor(order, last, count) : null };
    },
    async detach(actor, sessionId) {
      const entry = (login: string) => entryOf("session.detached", { actor, sessionId, login });
      if (!(await leave(sessionId, null, entry))) throw new AppError("turn_already_active");
    },
    async move(actor, sessionId, server) {
      if (!fleet.find(server)) throw new AppError("server_not_found");
      if (fleet.isDraining(server)) throw new AppError("server_draining");
      await leave(sessionId, server, (login) => {
        const entry = entryOf("session.moved", { actor, sessionId, login });
        return { ...entry, details: { ...entry.details, to: server } };
      });
    },
    async archive(actor, sessionId) {
      const { owner, login } = await ownerOf(sessionId);
      const archived = await log.append({
        sessionId,
        guard: { owner },
        first: acts.archiveSql(owner, sessionId),
        events: [{ type: "session.updated", data: { archived: true } }],
        also: [acts.noteSql(entryOf("session.archived", { actor, sessionId, login }))],
      });
      if (archived.won) bell.ring(sessionId);
      // It is in the archive already, or deleted just now.
      else await ownerOf(sessionId);
    },
    async delete(actor, sessionId) {
      const { owner, login } = await ownerOf(sessionId);
      const by = { actor, details: { owner: login }, unless: ON_HOLD };
      if (!(await sessions.delete(owner, sessionId, by))) {
        throw new AppError((await rows.isOnHold(sessionId)) ? "session_on_hold" : "session_not_found");
      }
      bell.ring(sessionId);
      bell.ring(runnerTopic(sessionId));
    },
    async transcript(actor, { sessionId, reason, afterSeq }) {
      await note(actor, sessionId, reason);
      const events = await log.read(sessionId, { afterSeq, limit: TRANSCRIPT_ROWS });
      return { events, lastSeq: await rows.lastSeq(sessionId) };
    },
  };
}
