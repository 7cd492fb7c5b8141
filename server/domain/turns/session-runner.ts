import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import type { Credentials } from "../credentials/types";
import type { Fleet } from "../fleet/types";
import type { EventLog } from "../sessions/event-log";
import type { Lease, Leases } from "../sessions/leases";
import { titleFromPrompt } from "../sessions/rules";
import { adjust, attachSession, type Place, type Wanted } from "./attaching";
import { failureOf, Verdict } from "./conduct";
import { failed, type Outcome } from "./rules";
import { settleAbandoned } from "./settle";
import { type ActiveTurn, startSql, type TurnStore, titleSql } from "./store";
import { SERVER_NOTICE_MS } from "./tunables";
import { createTurnWriter, type TurnWriter } from "./writer";

export type RunnerDeps = {
  store: TurnStore;
  log: EventLog;
  leases: Leases;
  fleet: Fleet;
  credentials: Credentials;
  bell: Bell;
  clock: Clock;
  logger: Log;
  /** Model of a session that has chosen none; null leaves it to the CLI. */
  defaultModel: string | null;
  /** Turns streaming in this process now. */
  streaming(): number;
};

type Current = { turn: ActiveTurn; verdict: Verdict; writer: TurnWriter };

/** Drives one session in this process: holds its lease and its place on a CLI server, runs its turns one by one. */
export class SessionRunner {
  readonly #deps: RunnerDeps;
  readonly #sessionId: string;
  #lease: Lease | undefined;
  #place: Place | undefined;
  #current: Current | undefined;
  /** When the last turn ended, in monotonic milliseconds. */
  idleSince: number;

  constructor(deps: RunnerDeps, sessionId: string) {
    this.#deps = deps;
    this.#sessionId = sessionId;
    this.idleSince = deps.clock.monotonicMs();
  }

  get isRunning(): boolean {
    return this.#current !== undefined;
  }

  /** Runs everything that is queued, and settles what a runner that is gone left behind. Returns where there is
   *  nothing left to do or another process holds the lease. `signal`: the process is shutting down. */
  async drive(signal: AbortSignal): Promise<void> {
    const { store, leases } = this.#deps;
    while (!signal.aborted) {
      const turn = await store.active(this.#sessionId);
      if (!turn) return;
      if (!this.#lease) {
        const claim = await leases.claim(this.#sessionId);
        if (!claim.won) return;
        this.#lease = claim.lease;
        // Read again: until the claim, the former holder could still end its turn.
        continue;
      }
      if (turn.status === "running") await settleAbandoned(this.#deps, turn, this.#lease.fence);
      else await this.#run(turn, this.#lease, signal);
    }
  }

  /** Looks whether the running turn was asked to stop, or its session was deleted. */
  async checkStop(): Promise<void> {
    const current = this.#current;
    if (!current) return;
    const turn = await this.#deps.store.active(this.#sessionId);
    if (turn?.id === current.turn.id && !turn.abortRequestedAt) return;
    await current.verdict.stop(async () => this.#place?.attachment.abort());
  }

  /** Gives the session's place and lease back. The conversation stays on the server's disk. */
  async release(): Promise<void> {
    await this.#detach();
    const lease = this.#lease;
    this.#lease = undefined;
    if (lease) await this.#deps.leases.release(this.#sessionId, lease.fence);
  }

  async #detach(): Promise<void> {
    const place = this.#place;
    this.#place = undefined;
    await place?.attachment.detach();
  }

  async #run(turn: ActiveTurn, lease: Lease, signal: AbortSignal): Promise<void> {
    const { log, bell, clock, logger, credentials, defaultModel } = this.#deps;
    const startedAt = clock.monotonicMs();
    const model = turn.session.model ?? defaultModel;
    const title = turn.session.titleSource === "default" ? titleFromPrompt(turn.prompt) : null;
    // The token is looked up while the start is being stored.
    const tokenLookup = credentials.accessToken(lease.owner);
    tokenLookup.catch(() => {});
    const started = await log.append({
      sessionId: this.#sessionId,
      guard: { fence: lease.fence },
      first: startSql(turn.id, lease.fence, model),
      events: [
        { type: "turn.started", turnId: turn.id, data: { model } },
        ...(title === null ? [] : [{ type: "session.updated" as const, data: { title } }]),
      ],
      also: title === null ? [] : [titleSql(this.#sessionId, title)],
    });
    if (!started.won) {
      // Stopped while queued, or a newer fence: look again from the start.
      this.#lease = undefined;
      return;
    }
    bell.ring(this.#sessionId);

    const verdict = new Verdict(clock);
    const writer = createTurnWriter(
      { log, bell, clock },
      { sessionId: this.#sessionId, turnId: turn.id, fence: lease.fence, streaming: this.#deps.streaming },
    );
    this.#current = { turn, verdict, writer };
    writer.lost.addEventListener("abort", () => verdict.end(failed("internal")), { once: true });
    const shutDown = () => verdict.end(failed("interrupted"));
    signal.addEventListener("abort", shutDown, { once: true });
    try {
      const silence = verdict.watchSilence();
      const wanted = tokenLookup.then((token): Wanted => ({ token, model }));
      const outcome = await this.#converse(lease, wanted, this.#current);
      await silence;
      await this.#afterwards(outcome, lease, wanted);
      const written = await writer.finish(outcome);
      if (!written) this.#lease = undefined;
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
    } finally {
      signal.removeEventListener("abort", shutDown);
      this.#current = undefined;
      this.idleSince = clock.monotonicMs();
    }
  }

  /** Hands the prompt to the CLI and waits for the outcome. Never throws. */
  async #converse(lease: Lease, wanted: Promise<Wanted>, current: Current): Promise<Outcome> {
    const { verdict, turn } = current;
    const prepare = async () => {
      const place = await this.#placeFor(lease, await wanted, current);
      if (verdict.over.aborted) return;
      const { lost } = place.attachment;
      if (lost.aborted) return verdict.end(failed("cli_server_lost"));
      lost.addEventListener("abort", () => verdict.end(failed("cli_server_lost")), {
        once: true,
        signal: verdict.over,
      });
      await place.attachment.send(turn.prompt);
    };
    prepare().catch((error: unknown) => {
      this.#deps.logger.warn({ turnId: turn.id, err: error }, "prompt not handed over");
      verdict.end(failed(failureOf(error)));
    });
    return verdict.settled;
  }

  async #placeFor(lease: Lease, wanted: Wanted, { verdict, writer, turn }: Current): Promise<Place> {
    if (this.#place && !this.#place.attachment.lost.aborted) {
      await adjust(this.#place, wanted);
      return this.#place;
    }
    const { clock } = this.#deps;
    const attached = new AbortController();
    void clock.sleep(SERVER_NOTICE_MS, attached.signal).then(() => {
      if (attached.signal.aborted || verdict.over.aborted) return;
      writer.add({
        type: "turn.notice",
        turnId: turn.id,
        data: { code: "waiting_for_server", message: "Waiting for a Copilot CLI server…" },
      });
    });
    try {
      this.#place = await attachSession(this.#deps, {
        lease,
        wanted,
        signal: verdict.over,
        onSignal: (signal) => {
          this.#current?.writer.accept(signal);
          this.#current?.verdict.hear(signal);
        },
        onMemoryLost: () =>
          writer.add({
            type: "turn.notice",
            turnId: turn.id,
            data: {
              code: "memory_lost",
              message: "The CLI server no longer had this conversation. Copilot answers without its memory.",
            },
          }),
      });
      return this.#place;
    } finally {
      attached.abort();
    }
  }

  // What an outcome means for the turns after it.
  async #afterwards(outcome: Outcome, lease: Lease, wanted: Promise<Wanted>): Promise<void> {
    if (outcome.status === "succeeded") return;
    const keep = outcome.status === "aborted" || !RESET_AFTER.has(outcome.code);
    if (!keep) await this.#detach();
    if (outcome.status === "failed" && outcome.code === "github_sign_in_required") {
      const { token } = await wanted.catch(() => ({ token: null }));
      if (token) await this.#deps.credentials.reject(lease.owner, token);
    }
  }
}

// After these the session in the server's memory is not trusted: the next turn attaches it anew.
const RESET_AFTER: ReadonlySet<string> = new Set([
  "github_sign_in_required",
  "copilot_not_licensed",
  "cli_server_lost",
  "timed_out",
  "interrupted",
  "internal",
]);
