import type { EventData, WireEvent } from "@/lib/events/wire";
import type { ModelAccess } from "@/server/copilot/types";
import type { OwnerId } from "@/server/platform/scope";
import type { Lease } from "../sessions/types";
import { takeUp } from "./abandoned";
import { LEFT } from "./conduct";
import type { RunnerDeps } from "./deps";
import type { Heard } from "./heard";
import type { Queue } from "./queue";
import { isTrustedAfter, type Outcome, startedData } from "./rules";
import { hearNothing, Seat, type Wanted } from "./seat";
import type { Standbys } from "./standbys";
import { type ActiveTurn, admittedTo, startSql, titleSql } from "./store";
import { titleFromPrompt } from "./title";
import { TurnRun } from "./turn-run";

export type SessionDeps = RunnerDeps & {
  standbys: Standbys;
  queue: Queue;
  /** Called when a session has come to this server. */
  onSeated(serverId: string): void;
};

/** What a turn needs of its row to be run. */
export type StartedTurn = Pick<ActiveTurn, "id" | "prompt" | "seq" | "sessionModel" | "cliServer" | "moveTo">;

/** A runner that can start a turn with the statement that stores its prompt. */
export type Ready = {
  fence: number;
  sessionModel: string | null;
  /** What the event says that tells of the start. */
  started: EventData<"turn.started">;
  /** The server on which it has its place. */
  serverId: string;
};

/** `lost`: a newer fence exists, or the turn is not what it was. `waits`: it has a place in the queue. */
type Held = "held" | "lost" | "waits";

type Started = { cliServer: string } | Exclude<Held, "held">;

type Run = {
  lease: Lease;
  access: Promise<ModelAccess>;
  /** The process is shutting down. */
  signal: AbortSignal;
  /** Stores that the turn has begun, where that is not stored yet; answers on which server, or why it must not. */
  start?: () => Promise<Started>;
  /** What is stored of the turn, where another runner began it. */
  stored?: WireEvent[];
};

/** Drives one session in this process: holds its lease and its place on a CLI server, runs its turns one by one. */
export class SessionRunner {
  readonly #deps: SessionDeps;
  readonly #sessionId: string;
  #lease: Lease | undefined;
  readonly #seat: Seat;
  #heard: Heard | null = null;
  #current: TurnRun | undefined;
  /** The session's model as of the last turn; undefined before, and while nobody has named the session. */
  #sessionModel: string | null | undefined;
  /** When the last turn ended, in monotonic milliseconds. */
  idleSince: number;

  constructor(deps: SessionDeps, sessionId: string) {
    this.#deps = deps;
    this.#sessionId = sessionId;
    this.#seat = new Seat(deps);
    this.idleSince = deps.clock.monotonicMs();
  }

  get isRunning(): boolean {
    return this.#current !== undefined;
  }

  /** Whether its place is on a server that should become empty. */
  get shouldLeave(): boolean {
    const { place } = this.#seat;
    return place !== undefined && this.#deps.fleet.isDraining(place.serverId);
  }

  get holdsLease(): boolean {
    return this.#lease !== undefined;
  }

  /** Whether its turn has a place in the queue. */
  get waits(): boolean {
    return this.#deps.queue.has(this.#sessionId);
  }

  /** The CLI server that has the session in memory for this process. */
  get serverId(): string | null {
    return this.#seat.place?.serverId ?? null;
  }

  /** Set while this process holds the lease and the place of a session of `owner`, and runs no turn of it. */
  readyFor(owner: OwnerId): Ready | null {
    const { place } = this.#seat;
    if (!this.#lease || !place || this.#current || this.#lease.owner !== owner) return null;
    if (this.#sessionModel === undefined) return null;
    return {
      serverId: place.serverId,
      fence: this.#lease.fence,
      sessionModel: this.#sessionModel,
      started: this.#startedData(this.#sessionModel),
    };
  }

  /** Runs a turn that is stored as started under this runner's fence. `access`: what `accessFor` gave for it. */
  async runStarted(turn: StartedTurn, access: Promise<ModelAccess>, signal: AbortSignal): Promise<void> {
    const lease = this.#lease;
    if (lease && (await this.#run(turn, { lease, access, signal })) === "lost") await this.release();
  }

  /** With what a session of `owner` that has this model of its own asks it. */
  accessFor(owner: OwnerId, sessionModel: string | null): Promise<ModelAccess> {
    return this.#deps.providers.access(owner, this.#modelFor(sessionModel));
  }

  /** Runs everything that is queued, and goes on with what a runner that is gone left behind. Returns where there is
   *  nothing left to do, the turn has to wait for others to end, or another process holds the lease. `signal`: the
   *  process is shutting down. */
  async drive(signal: AbortSignal): Promise<void> {
    const { store, leases, queue } = this.#deps;
    while (!signal.aborted) {
      const turn = await store.active(this.#sessionId);
      queue.leave(this.#sessionId);
      if (!turn) return this.#rest();
      if (!this.#lease) {
        const claim = await leases.claim(this.#sessionId);
        if (!claim.won) return;
        this.#lease = claim.lease;
        await this.#standIn(claim.lease);
        // Until the claim, the former holder could still end its turn. One that is queued can only be started as such.
        if (turn.status === "running") continue;
      }
      const held =
        turn.status === "running"
          ? await this.#goOn(turn, this.#lease, signal)
          : await this.#startAndRun(turn, this.#lease, signal);
      // A newer fence, the session is gone, or the turn was stopped while queued: begin anew, or not at all.
      if (held === "lost") await this.release();
      if (held === "waits") return;
    }
  }

  /** Looks whether the running turn was asked to stop, or its session was deleted. */
  async checkStop(): Promise<void> {
    const current = this.#current;
    if (!current) return;
    const turn = await this.#deps.store.active(this.#sessionId);
    if (turn?.id === current.turn.id && !turn.abortRequestedAt) return;
    await current.stop();
  }

  /** Has another process stand by for the turn that is running, where none does: it came after the turn began. */
  async accompany(): Promise<void> {
    const { place } = this.#seat;
    if (!this.#current || !this.#lease || !place || place.access?.kind === "provider") return;
    await this.#deps.standbys.arrange(this.#lease, false);
  }

  /** Gives the session's place and lease back. The conversation stays on the server's disk. */
  async release(): Promise<void> {
    await this.#seat.leave();
    const lease = this.#lease;
    this.#lease = undefined;
    this.#deps.queue.leave(this.#sessionId);
    if (!lease) return;
    await this.#deps.leases.release(this.#sessionId, lease.fence);
    this.#deps.standbys.dismiss(this.#sessionId);
  }

  // Nothing to do: the place is kept for the next prompt, unless the session was deleted or is another process's.
  async #rest(): Promise<void> {
    const lease = this.#lease;
    if (lease && !(await this.#deps.leases.holds(this.#sessionId, lease.fence))) await this.release();
  }

  // As a standby this process has a place already, and may have heard the turn that is running.
  async #standIn({ cliServer, cliSession }: Lease): Promise<void> {
    const standby = await this.#deps.standbys.take(this.#sessionId);
    this.#heard = null;
    if (!standby) return;
    const { place } = standby;
    // Where the session has moved on meanwhile, that server's memory of it is out of date.
    if (place.serverId !== cliServer || place.cliSession !== cliSession) return place.attachment.detach();
    this.#heard = standby.heard;
    this.#seat.adopt(place);
  }

  #modelFor(sessionModel: string | null): string | null {
    return sessionModel ?? this.#deps.defaultModel;
  }

  #startedData(sessionModel: string | null): EventData<"turn.started"> {
    return startedData(this.#modelFor(sessionModel), this.#deps.credentials.identityMode);
  }

  async #startAndRun(turn: ActiveTurn, lease: Lease, signal: AbortSignal): Promise<Held> {
    const access = this.accessFor(lease.owner, turn.sessionModel);
    return this.#run(turn, { lease, access, signal, start: () => this.#start(turn, lease) });
  }

  async #goOn(turn: ActiveTurn, lease: Lease, signal: AbortSignal): Promise<Held> {
    const taken = await takeUp(this.#deps, turn, lease.fence);
    if (taken.state !== "goes_on") return taken.state === "ended" ? "held" : "lost";
    const access = this.accessFor(lease.owner, turn.sessionModel);
    return this.#run(turn, { lease, access, signal, stored: taken.stored });
  }

  /** Runs one turn to its end, unless it has to wait. */
  async #run(turn: StartedTurn, { lease, access, signal, start, stored }: Run): Promise<Held> {
    const { clock, logger } = this.#deps;
    const startedAt = clock.monotonicMs();
    const run = new TurnRun(this.#deps, {
      turn,
      lease,
      seat: this.#seat,
      standbys: this.#deps.standbys,
      onSeated: this.#deps.onSeated,
      holdsLease: () => this.#deps.leases.holds(this.#sessionId, lease.fence),
      stored: stored ?? null,
      heard: this.#heard,
    });
    this.#heard = null;
    const { verdict, writer } = run;
    // Known before the start is stored: a stop that is asked for right after it must find whom to stop.
    this.#current = run;
    const shutDown = () => verdict.end(LEFT);
    signal.addEventListener("abort", shutDown, { once: true });
    if (signal.aborted) shutDown();
    let hasBegun = false;
    try {
      const model = this.#modelFor(turn.sessionModel);
      let asked: Promise<ModelAccess> | null = access;
      let used: ModelAccess | null = null;
      access.catch(() => {});
      // What failed once is asked anew.
      const wanted = async (): Promise<Wanted> => {
        const found = asked ?? this.accessFor(lease.owner, turn.sessionModel);
        asked = null;
        used = await found;
        return { access: used, model };
      };
      // It is looked up while the start is being stored.
      const started = await start?.();
      if (typeof started === "string") return started;
      hasBegun = true;
      if (started) run.turn.cliServer = started.cliServer;

      const silence = verdict.watchSilence();
      const conversation = run.converse(wanted);
      const outcome = await verdict.settled;
      await silence;
      if (outcome === LEFT) {
        await writer.leave();
        logger.info({ turnId: turn.id, sessionId: this.#sessionId }, "turn left for the next runner");
        // Other than at shutdown because the lease is lost.
        return signal.aborted ? "held" : "lost";
      }
      await this.#rejectToken(outcome, lease, used);
      const written = await writer.finish(outcome);
      logger.info(
        {
          turnId: turn.id,
          sessionId: this.#sessionId,
          outcome: outcome.status,
          ...(outcome.status === "failed" && { code: outcome.code }),
          durationMs: Math.round(clock.monotonicMs() - startedAt),
          written,
        },
        "turn ended",
      );
      // The next turn must not attach while this one still does. At shutdown there is no next turn.
      if (!signal.aborted) await conversation;
      if (this.#seat.place) this.#seat.place.hear = hearNothing;
      if (!isTrustedAfter(outcome, run.handedOver, verdict.cliIsIdle)) await this.#seat.leave();
      return written ? "held" : "lost";
    } finally {
      signal.removeEventListener("abort", shutDown);
      this.#current = undefined;
      if (hasBegun) this.#deps.queue.turnEnded();
      this.idleSince = clock.monotonicMs();
    }
  }

  async #start(turn: ActiveTurn, lease: Lease): Promise<Started> {
    const { log, bell, queue, leases } = this.#deps;
    const preferredId = turn.moveTo ?? this.serverId ?? lease.cliServer;
    const admission = queue.admission({ turnId: turn.id, owner: lease.owner, preferredId });
    const model = this.#modelFor(turn.sessionModel);
    const title = turn.titleSource === "default" ? titleFromPrompt(turn.prompt) : null;
    const started = await log.append({
      sessionId: this.#sessionId,
      guard: { fence: lease.fence },
      first: startSql(admission, lease.fence, model),
      events: [
        { type: "turn.started", turnId: turn.id, data: this.#startedData(turn.sessionModel) },
        ...(title === null ? [] : [{ type: "session.updated" as const, data: { title } }]),
      ],
      also: title === null ? [] : [titleSql(this.#sessionId, title)],
    });
    const isNamed = turn.titleSource !== "default" || title !== null;
    this.#sessionModel = started.won && isNamed ? turn.sessionModel : undefined;
    if (started.won) {
      bell.ring(this.#sessionId);
      return { cliServer: admittedTo(started.first) };
    }
    if (!(await leases.holds(this.#sessionId, lease.fence))) return "lost";
    return (await queue.enter(this.#sessionId, { turnId: turn.id, fence: lease.fence })) ? "waits" : "lost";
  }

  // A token that GitHub refused is not used again, whoever asks.
  async #rejectToken(outcome: Outcome, lease: Lease, used: ModelAccess | null): Promise<void> {
    if (outcome.status !== "failed" || outcome.code !== "github_sign_in_required") return;
    if (used?.kind !== "user") return;
    await this.#deps.credentials.reject(lease.owner, used.token).catch((error: unknown) => {
      this.#deps.logger.warn({ sessionId: this.#sessionId, err: error }, "refused token not noted");
    });
  }
}
