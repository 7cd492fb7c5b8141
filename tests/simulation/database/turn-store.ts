import type { ActiveTurn, TurnRow, TurnStore } from "@/server/domain/turns/store";
import { freeRoom, roomOnServers, waitingTurns } from "./admission";
import { isExpired } from "./leases";
import type { DbClient, ModelDatabase } from "./model-database";
import { isActive } from "./tables";

const byAge = (one: TurnRow, other: TurnRow) => one.createdAt.getTime() - other.createdAt.getTime();

/** The statements of server/domain/turns/store.ts. */
export function createModelTurnStore(database: ModelDatabase, client: DbClient): TurnStore {
  const { tables } = database;
  const { turns, sessions, heads } = tables;

  const isFree = (sessionId: string): boolean => {
    const head = heads.get(sessionId);
    return head !== undefined && (head.leaseOwner === null || isExpired(head, database.now));
  };
  /** A turn of this owner for which `test` holds, as a copy. */
  const find = (what: string, owner: string, test: (turn: TurnRow) => boolean) =>
    database.query(client, what, () => {
      const found = [...turns.values()].find(
        (turn) => test(turn) && sessions.get(turn.sessionId)?.ownerId === owner,
      );
      return found ? { ...found } : null;
    });
  const sessionsOf = (what: string, rows: number, test: (turn: TurnRow) => boolean) =>
    database.query(client, what, () =>
      [...turns.values()]
        .filter(test)
        .sort(byAge)
        .slice(0, rows)
        .map(({ sessionId }) => ({ sessionId })),
    );

  return {
    find: (owner, turnId) => find("turn", owner, ({ id }) => id === turnId),
    findByKey: (owner, session, key) =>
      find("turn by key", owner, (turn) => turn.sessionId === session && turn.idempotencyKey === key),
    findActive: (owner, session) =>
      find("active turn of the owner", owner, (turn) => turn.sessionId === session && isActive(turn)),
    activeOf: (owner) =>
      database.query(client, "active turns of the owner", () =>
        [...turns.values()].filter(
          (turn) => isActive(turn) && sessions.get(turn.sessionId)?.ownerId === owner,
        ),
      ),
    // Nobody looks at an overview here.
    countActive: async () => [],
    // Nobody is turned away here.
    load: async (_owner, _token, { turnsPerPerson }) => ({ turns: 0, ofToken: 0, mayRun: turnsPerPerson }),
    // Nobody is disabled here.
    ofShutOut: async () => [],
    ownsSession: (owner, sessionId) =>
      database.query(client, "owns", () => sessions.get(sessionId)?.ownerId === owner),
    async requestAbort(owner, turnId) {
      await database.query(client, "request a stop", () => {
        const turn = turns.get(turnId);
        if (turn?.status !== "running" || sessions.get(turn.sessionId)?.ownerId !== owner) return;
        turn.abortRequestedAt = database.date;
      });
    },
    active: (sessionId) =>
      database.query(client, "active turn", (): ActiveTurn | null => {
        const turn = tables.active(sessionId);
        const session = sessions.get(sessionId);
        if (!turn || !session) return null;
        const { id, seq, prompt, status, abortRequestedAt, cliServer } = turn;
        const { model: sessionModel, titleSource } = session;
        // Nobody administrates here.
        const known = { sessionModel, titleSource, moveTo: null };
        return { id, sessionId, seq, prompt, status, abortRequestedAt, cliServer, ...known };
      }),
    takeUp: (sessionId, turnId, fence) =>
      database.query(client, `take up under fence ${fence}`, () => {
        const turn = turns.get(turnId);
        if (turn?.status !== "running" || heads.get(sessionId)?.fence !== fence) return null;
        turn.fence = fence;
        turn.takeUps += 1;
        return turn.takeUps;
      }),
    hasAnswer: (sessionId) =>
      database.query(client, "has an answer", () =>
        tables.turnsOf(sessionId).some(({ status }) => status === "succeeded"),
      ),
    queued: (rows) =>
      sessionsOf("queued", rows, ({ status, sessionId }) => status === "queued" && isFree(sessionId)),
    abandoned: ({ rows, queuedStaleMs, processId, waiting }) =>
      sessionsOf("abandoned", rows, ({ status, sessionId, createdAt }) => {
        if (status === "running") return isFree(sessionId);
        if (status !== "queued" || database.ageOf(createdAt) <= queuedStaleMs) return false;
        const isOwn = heads.get(sessionId)?.leaseOwner === processId && !waiting.includes(sessionId);
        return isFree(sessionId) || isOwn;
      }),
    next: (servers, { turnsPerServer, turnsPerPerson }, rows) =>
      database.query(client, "next in line", () => {
        const free = freeRoom(roomOnServers(tables, servers, turnsPerServer));
        return waitingTurns(tables, turnsPerPerson)
          .filter(({ isNext, position }) => isNext && position <= free)
          .slice(0, rows);
      }),
    places: (turnIds, { turnsPerPerson }) =>
      database.query(client, "places", () =>
        waitingTurns(tables, turnsPerPerson).filter(({ turnId }) => turnIds.includes(turnId)),
      ),
    async move(turnId, fence, cliServer) {
      await database.query(client, `runs on ${cliServer}`, () => {
        const turn = turns.get(turnId);
        if (turn?.status === "running" && turn.fence === fence) turn.cliServer = cliServer;
      });
    },
  };
}
