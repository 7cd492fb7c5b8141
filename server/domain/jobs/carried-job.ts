import { AppError } from "@/lib/errors/app-error";
import type { WireEvent } from "@/lib/events/wire";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import type { Actor } from "@/server/platform/scope";
import type { Sessions } from "../sessions/types";
import type { Turns } from "../turns/types";
import type { ClaimedJob, JobQueueStore, Move } from "./queue/store";
import {
  type Fate,
  fateOf,
  isPutOff,
  putOffMs,
  retryInMs,
  type StopReason,
  type TurnEnd,
  turnKeyOf,
} from "./rules";
import type { StopAsked } from "./stop-asked";
import { PROGRESS_EVERY_MS, STORE_AGAIN_MS } from "./tunables";
import { jobTopic } from "./types";

export type CarryDeps = {
  store: Pick<JobQueueStore, "note">;
  sessions: Pick<Sessions, "get" | "update" | "watch">;
  turns: Pick<Turns, "send" | "sentAs" | "stopOne">;
  bell: Pick<Bell, "ring">;
  clock: Clock;
  log: Log;
  /** A number in [0, 1). */
  random(): number;
};

type Sent = { turnId: string; seq: number };
type Stop = Pick<StopAsked, "reason">;

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : "internal");

/** One job in the hands of this process, from its claim to what becomes of it. */
export class CarriedJob {
  readonly #deps: CarryDeps;
  readonly #job: ClaimedJob;
  readonly #stop: Stop;
  readonly #actor: Actor;
  readonly #startedAt: Date;
  #sent: Sent | null = null;
  #stopped: StopReason | null = null;
  #events = 0;
  #lastActivityAt: Date | null = null;
  #notedAt: number;

  constructor(deps: CarryDeps, job: ClaimedJob, stop: Stop) {
    this.#deps = deps;
    this.#job = job;
    this.#stop = stop;
    this.#startedAt = deps.clock.now();
    this.#notedAt = deps.clock.monotonicMs();
    const { ownerId, login } = job;
    this.#actor = { kind: "user", ownerId, login, role: "user", address: null, token: null };
  }

  /** Sends the prompt, or finds the turn that it was sent with before, waits for that turn's end, and says how the job
   *  goes on; null where `signal` aborted meanwhile. Rejects with `database_unavailable`; it may be called again then. */
  async carry(signal: AbortSignal): Promise<Move | null> {
    const { sessionId, mayAct } = this.#job;
    if (!mayAct) return this.#failed("person_shut_out");
    if (sessionId === null) return this.#failed("session_not_found");
    try {
      this.#sent = await this.#send(sessionId);
      if (!this.#sent) return this.#endedWithoutTurn();
      const end = await this.#follow(sessionId, this.#sent, signal);
      if (!end && signal.aborted) return null;
      const { attempts, maxAttempts } = this.#job;
      const fate = fateOf(end, this.#stopped, { attempts, maxAttempts, random: this.#deps.random() });
      return this.#move(fate, { isAttempt: true, turnEnded: true, end });
    } catch (error) {
      return this.#refused(error);
    }
  }

  /** The job's turn; null where the job is to stop and has none. */
  async #send(sessionId: string): Promise<Sent | null> {
    const { turns, clock } = this.#deps;
    const { ownerId, prompt, model, ownSession, deadline, cancelRequestedAt } = this.#job;
    const idempotencyKey = turnKeyOf(this.#job);
    if (cancelRequestedAt !== null) this.#stopped = "cancelled";
    else if (deadline !== null && deadline <= clock.now()) this.#stopped = "deadline_passed";
    // Whoever carried it before may have sent the prompt.
    const known = () => turns.sentAs(ownerId, { sessionId, idempotencyKey });
    if (this.#stopped) return known();
    // A session of its own was made with the model.
    if (model !== null && !ownSession && !(await known())) await this.#setModel(sessionId, model);
    return turns.send(this.#actor, { sessionId, prompt, idempotencyKey });
  }

  async #setModel(sessionId: string, model: string): Promise<void> {
    const { sessions } = this.#deps;
    const session = await sessions.get(this.#actor, sessionId);
    if (session.model !== model) await sessions.update(this.#actor, { sessionId, model });
  }

  async #follow(sessionId: string, { turnId, seq }: Sent, signal: AbortSignal): Promise<TurnEnd> {
    const over = new AbortController();
    const stopping = this.#stopWhenAsked(turnId, over.signal);
    this.#events = 0;
    let text: string | null = null;
    try {
      const options = { afterSeq: seq - 1, signal, stillAllowed: async () => true };
      for await (const batch of this.#deps.sessions.watch(this.#actor, sessionId, options)) {
        for (const event of batch) {
          if (event.turnId !== turnId) continue;
          this.#hear(event);
          if (event.type === "assistant.message") text = event.data.content;
          if (event.type === "turn.ended") return { text, code: null, ...event.data };
        }
        await this.#noteProgress(turnId);
      }
      return null;
    } finally {
      over.abort("over");
      await stopping;
    }
  }

  #hear({ at }: WireEvent): void {
    this.#events += 1;
    this.#lastActivityAt = at;
  }

  async #noteProgress(turnId: string): Promise<void> {
    const { store, clock, bell } = this.#deps;
    const { id, fence } = this.#job;
    const now = clock.monotonicMs();
    if (now - this.#notedAt < PROGRESS_EVERY_MS) return;
    this.#notedAt = now;
    await store.note({ id, fence, turnId, events: this.#events, lastActivityAt: this.#lastActivityAt });
    bell.ring(jobTopic(id));
  }

  async #stopWhenAsked(turnId: string, over: AbortSignal): Promise<void> {
    const { turns, clock, log } = this.#deps;
    this.#stopped ??= await this.#stop.reason(this.#job, over);
    while (this.#stopped && !over.aborted) {
      try {
        return await turns.stopOne(this.#job.ownerId, turnId);
      } catch (error) {
        log.warn({ jobId: this.#job.id, err: error }, "job's turn could not be stopped");
        await clock.sleep(STORE_AGAIN_MS, over);
      }
    }
  }

  #endedWithoutTurn(): Move {
    return this.#stopped === "deadline_passed"
      ? this.#failed(this.#stopped)
      : this.#move({ status: "cancelled", result: null }, { isAttempt: false, turnEnded: false, end: null });
  }

  #failed(code: string): Move {
    return this.#move(
      { status: "failed", code, result: null },
      { isAttempt: false, turnEnded: false, end: null },
    );
  }

  // What became of the prompt is not known, so the key stays: who carries the job next finds the turn, if there is one.
  #refused(error: unknown): Move {
    const { log, random } = this.#deps;
    const { id, waits } = this.#job;
    const code = codeOf(error);
    const without = { turnEnded: false, end: null };
    if (code === "database_unavailable") throw error;
    if (isPutOff(code)) {
      const runInMs = putOffMs(waits, random());
      return this.#move({ status: "queued", code, runInMs }, { isAttempt: false, ...without });
    }
    if (code === "internal") log.error({ jobId: id, err: error }, "job failed");
    const runInMs = retryInMs(code, this.#job, random());
    const fate: Fate =
      runInMs === null ? { status: "failed", code, result: null } : { status: "queued", code, runInMs };
    return this.#move(fate, { isAttempt: true, ...without });
  }

  #move(
    fate: Fate,
    { isAttempt, turnEnded, end }: { isAttempt: boolean; turnEnded: boolean; end: TurnEnd },
  ): Move {
    const { id, fence } = this.#job;
    const turnId = this.#sent?.turnId ?? null;
    return {
      ...{ id, fence, turnId, isAttempt, turnEnded, status: fate.status },
      code: "code" in fate ? fate.code : null,
      result: "result" in fate ? fate.result : null,
      runInMs: fate.status === "queued" ? fate.runInMs : null,
      try: end && {
        ...{ turnId, outcome: end.outcome, code: end.code ?? null },
        ...{ startedAt: this.#startedAt, endedAt: this.#deps.clock.now() },
      },
      events: this.#events,
      lastActivityAt: this.#lastActivityAt,
    };
  }
}
