import type { Turn, TurnRef } from "@/lib/contracts/turns";
import { AppError } from "@/lib/errors/app-error";
import type { NewEvent } from "@/lib/events/wire";
import type { Bell } from "@/server/db/bell";
import type { Ids } from "@/server/platform/ids";
import type { OwnerId } from "@/server/platform/scope";
import { exceeded } from "../quotas/types";
import type { EventLog } from "../sessions/types";
import type { Runner } from "./runner";
import type { Ready } from "./session-runner";
import { stopTurn } from "./stop";
import {
  admitSql,
  admittedTo,
  insertSql,
  insertStartedSql,
  type NewTurn,
  queueRoomSql,
  type StopNote,
  type TurnRow,
  type TurnStore,
  touchSql,
  turnConflict,
} from "./store";
import { TURNS_RETRY_SECONDS } from "./tunables";
import type { Limits, Turns } from "./types";

type Deps = { store: TurnStore; log: EventLog; runner: Runner; bell: Bell; ids: Ids; limits: Limits };

const toRef = ({ id, seq, status }: TurnRow): TurnRef => ({ turnId: id, seq, status });

const promptEvent = ({ id, prompt, retryOf }: NewTurn): NewEvent => ({
  type: "user.message",
  turnId: id,
  data: { content: prompt, ...(retryOf !== null && { retryOf }) },
});

const toTurn = (row: TurnRow): Turn => ({
  turnId: row.id,
  sessionId: row.sessionId,
  seq: row.seq,
  status: row.status,
  prompt: row.prompt,
  model: row.model,
  retryOf: row.retryOf,
  code: row.code,
  message: row.message,
  createdAt: row.createdAt,
  startedAt: row.startedAt,
  endedAt: row.endedAt,
});

export function createTurns({ store, log, runner, bell, ids, limits }: Deps): Turns {
  async function owned(owner: OwnerId, turnId: string): Promise<TurnRow> {
    const row = await store.find(owner, turnId);
    if (!row) throw new AppError("turn_not_found");
    return row;
  }

  // The prompt, its event and its turn are one statement: there is never one without the others. Where this process
  // drives the session already, the turn's start is in it too.
  async function start(owner: OwnerId, turn: NewTurn, { fence, sessionModel, started, serverId }: Ready) {
    const appended = await log.append({
      sessionId: turn.sessionId,
      guard: { owner, fence, model: sessionModel },
      first: admitSql(runner.admission({ turnId: turn.id, owner, preferredId: serverId }), turn.tokenId),
      events: [promptEvent(turn), { type: "turn.started", turnId: turn.id, data: started }],
      also: [insertStartedSql(turn, fence, started.model), touchSql(turn.sessionId)],
    });
    const seq = appended.won ? appended.events[0]?.seq : undefined;
    if (!appended.won || seq === undefined) return null;
    bell.ring(turn.sessionId);
    return { ...turn, seq, sessionModel, moveTo: null, cliServer: admittedTo(appended.first) };
  }

  async function enqueue(owner: OwnerId, turn: NewTurn): Promise<TurnRef> {
    const { sessionId } = turn;
    const started = await runner.begin(owner, sessionId, (ready) => start(owner, turn, ready));
    if (started) return { turnId: turn.id, seq: started.seq, status: "running" };
    const appended = await log.append({
      sessionId,
      guard: { owner },
      first: queueRoomSql(owner, limits, turn.tokenId),
      events: [promptEvent(turn)],
      also: [insertSql(turn), touchSql(sessionId)],
    });
    const seq = appended.won ? appended.events[0]?.seq : undefined;
    if (seq === undefined) return refused(owner, turn);
    bell.ring(sessionId);
    runner.announce(sessionId);
    return { turnId: turn.id, seq, status: "queued" };
  }

  // A prompt that is there already is answered as ever, whether there is room for another or not.
  async function refused(owner: OwnerId, turn: NewTurn): Promise<TurnRef> {
    if (!(await store.ownsSession(owner, turn.sessionId))) throw new AppError("session_not_found");
    const known = await knownAs(owner, turn);
    if (known) return known;
    if (await store.findActive(owner, turn.sessionId)) throw new AppError("turn_already_active");
    throw await fullFor(owner, turn.tokenId);
  }

  // What there is no room in: the share of the person, that of the token, or the queue of everybody.
  async function fullFor(owner: OwnerId, tokenId: string | null): Promise<AppError> {
    const { turns, ofToken, mayRun } = await store.load(owner, tokenId, limits);
    const { turnsPerToken, queuedPerPerson } = limits;
    const seconds = TURNS_RETRY_SECONDS;
    const ownMax = mayRun + queuedPerPerson;
    if (turns >= ownMax) return exceeded("too_many_turns", { of: "person", size: ownMax, seconds });
    if (tokenId !== null && ofToken >= turnsPerToken)
      return exceeded("too_many_turns", { of: "token", size: turnsPerToken, seconds });
    return new AppError("queue_full");
  }

  async function knownAs(owner: OwnerId, turn: NewTurn): Promise<TurnRef | null> {
    const known = await store.findByKey(owner, turn.sessionId, turn.idempotencyKey);
    if (known && known.prompt !== turn.prompt) throw new AppError("idempotency_conflict");
    return known && toRef(known);
  }

  async function enqueueOnce(owner: OwnerId, turn: NewTurn): Promise<TurnRef> {
    if (!runner.takesTurns()) throw new AppError("shutting_down");
    try {
      return await enqueue(owner, turn);
    } catch (error) {
      const conflict = turnConflict(error);
      if (conflict === null) throw error;
      // Looked up in both cases: with the same key and an active turn, either index may be the one that answers.
      const known = await knownAs(owner, turn);
      if (!known) throw new AppError("turn_already_active", { cause: error });
      return known;
    }
  }

  async function stop(owner: OwnerId, sessionId: string, note?: StopNote): Promise<boolean> {
    const turn = await store.findActive(owner, sessionId);
    if (turn) await stopTurn({ store, log, bell }, { owner, turn, note });
    else if (!(await store.ownsSession(owner, sessionId))) throw new AppError("session_not_found");
    return turn !== null;
  }

  return {
    send: ({ ownerId, token }, { sessionId, prompt, idempotencyKey }) =>
      enqueueOnce(ownerId, {
        ...{ id: ids.uuid(), sessionId, prompt, idempotencyKey, retryOf: null },
        tokenId: token?.id ?? null,
      }),

    abort: async (actor, sessionId) => ({ aborted: await stop(actor.ownerId, sessionId) }),

    stop,

    async stopOne(owner, turnId) {
      const turn = await store.find(owner, turnId);
      if (turn?.status === "queued" || turn?.status === "running") {
        await stopTurn({ store, log, bell }, { owner, turn });
      }
    },

    async sentAs(owner, { sessionId, idempotencyKey }) {
      const known = await store.findByKey(owner, sessionId, idempotencyKey);
      return known && toRef(known);
    },

    async stopAll(owner) {
      for (const turn of await store.activeOf(owner)) await stopTurn({ store, log, bell }, { owner, turn });
    },

    async active() {
      const all = { running: 0, queued: 0, longestWaitMs: 0 };
      const byServer = new Map<string, number>();
      for (const { status, cliServer, turns, oldestMs } of await store.countActive()) {
        all[status] += turns;
        if (status === "queued") all.longestWaitMs = Math.max(all.longestWaitMs, oldestMs);
        else if (cliServer !== null) byServer.set(cliServer, turns);
      }
      return { ...all, byServer, serverMax: limits.turnsPerServer };
    },

    get: async (actor, turnId) => toTurn(await owned(actor.ownerId, turnId)),

    async retry(actor, turnId) {
      const turn = await owned(actor.ownerId, turnId);
      if (turn.status !== "failed" && turn.status !== "aborted") throw new AppError("turn_not_retryable");
      return enqueueOnce(actor.ownerId, {
        id: ids.uuid(),
        sessionId: turn.sessionId,
        prompt: turn.prompt,
        idempotencyKey: `retry:${turn.id}`,
        retryOf: turn.id,
        tokenId: actor.token?.id ?? null,
      });
    },
  };
}
