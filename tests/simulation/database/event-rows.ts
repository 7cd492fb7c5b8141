import { type EventRow, type EventRows, type Stored, toWire } from "@/server/domain/sessions/event-log";
import { FOLLOW_ROWS_MAX } from "@/server/domain/sessions/tunables";
import type { Append, AppendGuard } from "@/server/domain/sessions/types";
import type { TurnRow } from "@/server/domain/turns/store";
import type { Random } from "../core/random";
import type { Sabotage } from "../core/sabotage";
import { type Asking, admitTurn } from "./admission";
import type { DbClient, ModelDatabase } from "./model-database";
import { recognise, type Statement } from "./statements";
import { type HeadRow, isActive, type SessionRow, type Tables } from "./tables";

type Item = Omit<EventRow, "seq" | "at">;
type Deps = { database: ModelDatabase; client: DbClient; random: Random; sabotage: Sabotage | null };
/** An append whose guard held. */
type Held = { append: Append; items: Item[]; at: Date; head: HeadRow };

const toItem = ({ type, data, turnId }: Append["events"][number]): Item => ({
  ...{ type, data },
  turnId: turnId ?? null,
});

/** The statements of the event log, as server/domain/sessions/event-log.ts makes them. */
export function createEventRows({ database, client, random, sabotage }: Deps): EventRows {
  const { tables } = database;

  const isHeld = (head: HeadRow, session: SessionRow, guard: AppendGuard): boolean => {
    const isOwner = !("owner" in guard) || session.ownerId === guard.owner;
    const isNewest = !("fence" in guard) || head.fence === guard.fence || sabotage === "skip the fence";
    const isModel = !("model" in guard) || session.model === guard.model;
    return isOwner && isNewest && isModel;
  };

  function store(head: HeadRow, fence: number | null, { items, at }: Pick<Held, "items" | "at">): number {
    const firstSeq = head.lastSeq + 1;
    const { sessionId } = head;
    head.lastSeq += items.length;
    tables.addEvents(
      sessionId,
      items.map((item, index) => ({ ...spoiled(item, sabotage), seq: firstSeq + index, at })),
    );
    if (sabotage === "rewrite an event") tables.rewrite(sessionId, firstSeq - 1);
    tables.writes.push({
      ...{ sessionId, by: client.processId, fence, newestFence: head.fence },
      holder: tables.holderOf(sessionId, head.fence),
      ...{ firstSeq, lastSeq: head.lastSeq },
    });
    return head.lastSeq;
  }

  function insert({ name, values }: Statement, lastSeq: number, first: unknown): void {
    const at = database.date;
    const isStarted = name === "insertStarted";
    const turn = {
      ...{ model: null, fence: null, startedAt: null, takeUps: 0, code: null, message: null },
      ...{ abortRequestedAt: null, firstTextAt: null, endedAt: null, createdAt: at },
      ...{ cliServer: null, position: null },
      ...values,
      ...(isStarted && { startedAt: at, ...(first as object) }),
      ...{ status: isStarted ? "running" : "queued", seq: isStarted ? lastSeq - 1 : lastSeq },
    } as unknown as TurnRow;
    if (sabotage !== "forget the keys") tables.checkUnique(turn, () => random.chance(0.5));
    tables.turns.set(turn.id, turn);
  }

  const admit = (values: Statement["values"]): { cliServer: string } | null => {
    const cliServer = admitTurn(tables, { ...values, turnId: values.id } as Asking);
    return cliServer === null ? null : { cliServer };
  };

  /** Does what must be done first; answers with its row, null where there is none. */
  function meet({ name, values }: Statement): object | null {
    const turn = tables.turns.get(values.id as string);
    switch (name) {
      case "admit":
        return admit(values);
      case "queueRoom":
        return hasRoom(tables, values) ? {} : null;
      case "start": {
        const given = turn?.status === "queued" ? admit(values) : null;
        if (!turn || !given) return null;
        const { fence, model } = values;
        Object.assign(turn, { fence, model, ...given, status: "running", startedAt: database.date });
        return given;
      }
      case "place":
        if (turn?.status !== "queued" || turn.position === values.position) return null;
        return Object.assign(turn, { position: values.position });
      case "end": {
        const { id, from, ...change } = values;
        if (!turn || turn.status !== from) return null;
        Object.assign(turn, change, { endedAt: database.date });
        if (sabotage === "end a row otherwise") turn.code = "otherwise";
        return turn;
      }
      default:
        throw new Error(`"${name}" is no condition; it comes with an append`);
    }
  }

  function also({ name, values }: Statement, lastSeq: number, first: unknown): void {
    const session = tables.sessions.get(values.sessionId as string);
    switch (name) {
      case "insert":
      case "insertStarted":
        insert({ name, values }, lastSeq, first);
        return;
      case "title":
        if (session?.titleSource === "default") {
          Object.assign(session, { title: values.title, titleSource: "prompt" });
        }
        return;
      case "touch":
        return;
      default:
        throw new Error(`"${name}" does not come with an append; it is its condition`);
    }
  }

  function storeHeld({ append, items, at, head }: Held): Stored | undefined {
    const { guard, first, also: others = [], fold = [] } = append;
    const statements = others.map(recognise);
    const isInsert = statements.some(({ name }) => name.startsWith("insert"));
    const condition = first && recognise(first);
    const asIfStored = { lastSeq: head.lastSeq + items.length, first: { cliServer: null } };
    if (isInsert && sabotage === "lose an insert") return asIfStored;
    if (condition?.name === "end" && sabotage === "leave a turn running") return asIfStored;
    if (sabotage === "fail without a word" && condition?.name === "end") {
      Object.assign(condition.values, { status: "failed", code: "internal" });
    }
    const given = condition && meet(condition);
    if (given === null) return undefined;
    // First what may throw: a statement happens as a whole.
    for (const statement of statements) also(statement, head.lastSeq + items.length, given);
    const lastSeq = store(head, "fence" in guard ? guard.fence : null, { items, at });
    tables.removeEvents(head.sessionId, fold);
    return { lastSeq, first: given && { ...given } };
  }

  return {
    storeOne: (append, at) =>
      database.query(client, `append ${told(append)}`, () => {
        const head = tables.heads.get(append.sessionId);
        const session = tables.sessions.get(append.sessionId);
        if (!head || !session || !isHeld(head, session, append.guard)) return undefined;
        return storeHeld({ append, items: append.events.map(toItem), at, head });
      }),
    storeAll: (appends) =>
      database.query(client, `append ${appends.map(({ events }) => events.length)} under a fence`, () => {
        const stored = new Map<string, number>();
        for (const { sessionId, fence, at, events } of appends) {
          const head = tables.heads.get(sessionId);
          const session = tables.sessions.get(sessionId);
          if (!head || !session || !isHeld(head, session, { fence })) continue;
          stored.set(sessionId, store(head, fence, { items: events as Item[], at }));
        }
        return stored;
      }),
    readAll: (follows) =>
      database.query(client, `follow ${follows.length}`, () =>
        follows.map(({ sessionId, afterSeq }) =>
          tables.sessions.has(sessionId)
            ? rowsOf(tables, { sessionId, afterSeq, types: undefined }, FOLLOW_ROWS_MAX).map(toWire)
            : null,
        ),
      ),
    read: (sessionId, { afterSeq, limit, types }) =>
      database.query(client, `read after ${afterSeq}`, () =>
        rowsOf(tables, { sessionId, afterSeq, types }, limit),
      ),
  };
}

function hasRoom(
  tables: Tables,
  { owner, queued, queuedPerPerson, turnsPerPerson }: Statement["values"],
): boolean {
  const active = [...tables.turns.values()].filter(isActive);
  const own = active.filter(({ sessionId }) => tables.sessions.get(sessionId)?.ownerId === owner);
  const waiting = active.filter(({ status }) => status === "queued");
  const ownMax = Number(queuedPerPerson) + Number(turnsPerPerson);
  return waiting.length < Number(queued) && own.length < ownMax;
}

/** A row with another text than the one that was to be stored. */
function spoiled(item: Item, sabotage: Sabotage | null): Item {
  if (sabotage !== "spoil a text" || item.type !== "assistant.message") return item;
  return { ...item, data: { ...(item.data as object), content: "1 2 wrong" } };
}

const told = ({ events, guard, first }: Append) =>
  `${events.map(({ type }) => type)} ${"fence" in guard ? `under fence ${guard.fence}` : "of the owner"}${first ? `, ${recognise(first).name}` : ""}`;

function rowsOf(
  tables: Tables,
  { sessionId, afterSeq, types }: { sessionId: string; afterSeq: number; types: string[] | undefined },
  limit: number | undefined,
): EventRow[] {
  const rows: EventRow[] = [];
  for (const row of tables.eventsOf(sessionId)) {
    if (rows.length === limit) break;
    if (row.seq > afterSeq && (!types || types.includes(row.type))) rows.push(row);
  }
  return rows;
}
