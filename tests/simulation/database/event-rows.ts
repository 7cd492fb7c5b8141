import type { EventRow, EventRows } from "@/server/domain/sessions/event-log";
import type { Append, AppendGuard } from "@/server/domain/sessions/types";
import type { TurnRow } from "@/server/domain/turns/store";
import type { Random } from "../core/random";
import type { Sabotage } from "../core/sabotage";
import type { DbClient, ModelDatabase } from "./model-database";
import { recognise, type Statement } from "./statements";
import type { HeadRow, SessionRow, Tables } from "./tables";

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

  function insert({ name, values }: Statement, lastSeq: number): void {
    const at = database.date;
    const isStarted = name === "insertStarted";
    const turn = {
      ...{ model: null, fence: null, startedAt: null, takeUps: 0, code: null, message: null },
      ...{ abortRequestedAt: null, endedAt: null, createdAt: at },
      ...values,
      ...(isStarted && { startedAt: at }),
      ...{ status: isStarted ? "running" : "queued", seq: isStarted ? lastSeq - 1 : lastSeq },
    } as unknown as TurnRow;
    if (sabotage !== "forget the keys") tables.checkUnique(turn, () => random.chance(0.5));
    tables.turns.set(turn.id, turn);
  }

  /** Moves a turn's state where it is what the statement requires; false where not. */
  function move({ name, values }: Statement): boolean {
    const turn = tables.turns.get(values.id as string);
    const { id, from, ...change } = values;
    if (!turn || turn.status !== (name === "start" ? "queued" : from)) return false;
    if (name === "start") Object.assign(turn, change, { status: "running", startedAt: database.date });
    else Object.assign(turn, change, { endedAt: database.date });
    if (name === "end" && sabotage === "end a row otherwise") turn.code = "otherwise";
    return true;
  }

  function also({ name, values }: Statement, lastSeq: number): void {
    const session = tables.sessions.get(values.sessionId as string);
    switch (name) {
      case "insert":
      case "insertStarted":
        insert({ name, values }, lastSeq);
        return;
      case "title":
        if (session?.titleSource === "default") {
          Object.assign(session, { title: values.title, titleSource: "prompt" });
        }
        return;
      case "touch":
        return;
      case "start":
      case "end":
        throw new Error(`"${name}" does not come with an append; it is its condition`);
    }
  }

  function storeHeld({ append, items, at, head }: Held): number | undefined {
    const { guard, first, also: others = [], fold = [] } = append;
    const statements = others.map(recognise);
    const isInsert = statements.some(({ name }) => name.startsWith("insert"));
    const condition = first && recognise(first);
    if (isInsert && sabotage === "lose an insert") return head.lastSeq + items.length;
    if (condition?.name === "end" && sabotage === "leave a turn running") return head.lastSeq + items.length;
    if (sabotage === "fail without a word" && condition?.name === "end") {
      Object.assign(condition.values, { status: "failed", code: "internal" });
    }
    if (condition && !move(condition)) return undefined;
    // First what may throw: a statement happens as a whole.
    for (const statement of statements) also(statement, head.lastSeq + items.length);
    const lastSeq = store(head, "fence" in guard ? guard.fence : null, { items, at });
    tables.removeEvents(head.sessionId, fold);
    return lastSeq;
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
    read: (sessionId, { afterSeq, limit, types }) =>
      database.query(client, `read after ${afterSeq}`, () =>
        rowsOf(tables, { sessionId, afterSeq, types }, limit),
      ),
  };
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
