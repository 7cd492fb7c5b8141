import type { WireEvent } from "@/lib/events/wire";
import type { CopilotSignal } from "@/server/copilot/types";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import type { Fleet } from "../fleet/types";
import type { EventLog, Lease } from "../sessions/types";
import { failureOf, LEFT, Verdict } from "./conduct";
import type { Heard } from "./heard";
import { failed, type MoveReason } from "./rules";
import { isServerLost, type Place, type Seat, serverLost, type Wanted } from "./seat";
import type { Standbys } from "./standbys";
import type { TurnStore } from "./store";
import {
  LEASE_ANSWER_LATE_MS,
  MOVES_MAX,
  SEND_LATE_MS,
  SERVER_NOTICE_MS,
  STANDBY_AFTER_MOVE_MS,
  WRITE_RETRY_EVERY_MS,
  WRITE_RETRY_MAX_MS,
} from "./tunables";
import { createTurnWriter, isDatabaseAway, type TurnWriter } from "./writer";

export type RunDeps = {
  log: EventLog;
  bell: Bell;
  clock: Clock;
  logger: Log;
  store: TurnStore;
  fleet: Fleet;
};

type Options = {
  /** `cliServer`: the server that it was admitted to; `moveTo`: the one to which an administrator has moved the session. */
  turn: { id: string; prompt: string; seq: number; cliServer: string | null; moveTo: string | null };
  lease: Lease;
  seat: Seat;
  standbys: Standbys;
  /** Called when the session has come to a server where it was not. */
  onSeated(serverId: string): void;
  /** Whether this process may still drive the session, for a prompt that was long in coming. */
  holdsLease(): Promise<boolean>;
  /** What is stored of the turn, where another runner began it. */
  stored: WireEvent[] | null;
  /** What this process heard of it as a standby. */
  heard: Heard | null;
};

const MEMORY_REBUILT = {
  code: "memory_rebuilt",
  message:
    "The CLI server no longer had this conversation. Copilot was told it again from what you see here.",
} as const;
const MEMORY_LOST = {
  code: "memory_lost",
  message: "The CLI server no longer had this conversation. Copilot answers without its memory.",
} as const;

/** One turn, from its prompt to its outcome, on however many CLI servers that takes. */
export class TurnRun {
  readonly turn: Options["turn"];
  readonly verdict: Verdict;
  readonly writer: TurnWriter;
  readonly #deps: RunDeps;
  readonly #options: Options;
  /** When the lease was held for sure, in monotonic milliseconds. */
  #surelyHeldAt: number;
  /** The CLI may have the prompt. */
  #handedOver: boolean;

  constructor(deps: RunDeps, options: Options) {
    const { turn, lease, stored } = options;
    this.#deps = deps;
    this.#options = options;
    this.turn = turn;
    this.#surelyHeldAt = deps.clock.monotonicMs();
    this.verdict = new Verdict(deps.clock);
    this.writer = createTurnWriter(
      deps,
      { sessionId: lease.sessionId, turnId: turn.id, fence: lease.fence },
      stored ?? [],
    );
    this.#handedOver = stored !== null;
    this.writer.lost.addEventListener("abort", () => this.verdict.end(failed("internal")), { once: true });
  }

  get handedOver(): boolean {
    return this.#handedOver;
  }

  /** Asks the CLI to stop; the turn ends `aborted`, whatever comes. */
  async stop(): Promise<void> {
    if (this.#handedOver) await this.verdict.stop(async () => this.#options.seat.place?.attachment.abort());
    else this.verdict.end({ status: "aborted" });
  }

  /** Hands the prompt over and listens until the turn is over. A server that dies is replaced, `MOVES_MAX` times at
   *  most: the next one is asked whether the prompt was taken, and only an answer that was not finished is asked for
   *  again. Never throws: what goes wrong ends the turn. */
  async converse(wanted: () => Promise<Wanted>): Promise<void> {
    const { verdict } = this;
    const { seat } = this.#options;
    const { clock } = this.#deps;
    const patientUntil = clock.monotonicMs() + WRITE_RETRY_MAX_MS;
    let moves = 0;
    while (!verdict.over.aborted) {
      try {
        await this.#converseOnce(wanted, moves);
      } catch (error) {
        if (verdict.over.aborted) return;
        if (verdict.isStopping) return verdict.end({ status: "aborted" });
        const waits = isDatabaseAway(error) && clock.monotonicMs() < patientUntil;
        const movesOn = isServerLost(error) && moves < MOVES_MAX;
        this.#deps.logger.info({ turnId: this.turn.id, err: error, waits, movesOn }, "turn is held up");
        if (waits) {
          // Like its writer does.
          await clock.sleep(WRITE_RETRY_EVERY_MS, verdict.over);
        } else if (movesOn) {
          moves += 1;
          await seat.leave();
        } else {
          return verdict.end(failed(failureOf(error)));
        }
      }
    }
  }

  async #converseOnce(wanted: () => Promise<Wanted>, moves: number): Promise<void> {
    const { verdict } = this;
    const { heard, seat, standbys, lease } = this.#options;
    if (moves === 0 && heard && seat.place && this.#takeOver(seat.place, heard)) {
      void standbys.arrange(lease, true);
      return this.#untilOver(seat.place);
    }
    const place = await this.#sit(await wanted(), moves > 0);
    if (verdict.over.aborted) return;
    if (this.#handedOver) await this.#goOn(place);
    else await this.#send(place);
    await this.#untilOver(place);
  }

  // As a standby this process heard all of it, or from somewhere on, which must be where the log knows it; the place goes
  // on to hear in the same moment. False: the CLI has to be asked.
  #takeOver(place: Place, heard: Heard): boolean {
    const whole = heard.since(this.turn.id);
    if (whole) this.writer.replay(whole);
    else if (!heard.end || !this.writer.replayEnd(heard.end)) return false;
    this.#listen(place);
    for (const said of whole ?? heard.end ?? []) this.verdict.hear(said);
    return true;
  }

  async #send(place: Place): Promise<void> {
    if (!place.isQuiet && (await this.#mayGoOn())) {
      await place.attachment.quiet();
      place.isQuiet = true;
    }
    // Whoever has the lease now goes on with it.
    if (!(await this.#mayGoOn())) return this.verdict.end(LEFT);
    if (this.verdict.over.aborted) return;
    this.#listen(place);
    this.#handedOver = true;
    await place.attachment.send(this.turn.prompt, this.turn.id);
  }

  // Whoever was stopped for so long that another may have taken the session over must not touch it again; also where
  // that happened while it asked.
  async #mayGoOn(): Promise<boolean> {
    const { clock } = this.#deps;
    let lateMs = SEND_LATE_MS;
    while (clock.monotonicMs() - this.#surelyHeldAt > lateMs) {
      const askedAt = clock.monotonicMs();
      if (!(await this.#options.holdsLease())) return false;
      this.#surelyHeldAt = askedAt;
      lateMs = LEASE_ANSWER_LATE_MS;
    }
    return true;
  }

  // The prompt may have been handed over, by this runner or by one that is gone.
  async #goOn(place: Place): Promise<void> {
    const { writer, verdict } = this;
    const early: CopilotSignal[] = [];
    place.hear = (said) => void early.push(said);
    const recalled = await place.attachment.recall(this.turn.id);
    if (verdict.over.aborted) return;
    switch (recalled.state) {
      case "answering":
        writer.joinLate();
        this.#listen(place);
        for (const said of [...recalled.said, ...early]) place.hear(said);
        return;
      case "answered":
        // What people saw may be another attempt than the one that was finished.
        writer.restart();
        this.#listen(place);
        for (const said of recalled.said) place.hear(said);
        return place.hear({ kind: "idle", aborted: false });
      case "unfinished":
        await recalled.forget();
        writer.restart();
        return this.#send(place);
      case "absent":
        writer.restart();
        return this.#send(place);
    }
  }

  #listen(place: Place): void {
    const { verdict, writer } = this;
    place.hear = (said) => {
      if (verdict.over.aborted) return;
      writer.accept(said);
      verdict.hear(said);
    };
  }

  /** Rejects where the place is lost before the turn is over. */
  async #untilOver({ attachment }: Place): Promise<void> {
    const { verdict } = this;
    const done = new AbortController();
    const lost = new Promise<never>((_, reject) => {
      const tell = () => reject(serverLost());
      if (attachment.lost.aborted) return tell();
      attachment.lost.addEventListener("abort", tell, { once: true, signal: done.signal });
    });
    await Promise.race([verdict.settled, lost]).finally(() => done.abort("over"));
  }

  // A standby attaches the session too, on a server that has just been given several: people see the answer go on first.
  async #soon(arrange: () => Promise<void>): Promise<void> {
    const { over } = this.verdict;
    await this.#deps.clock.sleep(STANDBY_AFTER_MOVE_MS, over);
    if (!over.aborted) await arrange();
  }

  #reasonToMove(from: string, to: string, wasLost: boolean): MoveReason {
    const { fleet } = this.#deps;
    if (!wasLost && to === this.turn.moveTo) return "administrator";
    if (fleet.isDraining(from)) return "server_draining";
    if (wasLost || !fleet.answers(from)) return "server_lost";
    return fleet.forTurns().includes(from) ? "server_busy" : "server_set_aside";
  }

  async #sit(wanted: Wanted, wasLost: boolean): Promise<Place> {
    const { lease, seat, standbys, stored, onSeated } = this.#options;
    const { clock, store } = this.#deps;
    const { writer, verdict, turn } = this;
    const from = lease.cliServer;
    // A turn that another began goes on where that had it.
    const serverId = wasLost || stored ? null : turn.cliServer;
    const seated = new AbortController();
    void clock.sleep(SERVER_NOTICE_MS, seated.signal).then(() => {
      if (seated.signal.aborted || verdict.over.aborted) return;
      writer.add({
        type: "turn.notice",
        turnId: turn.id,
        data: { code: "waiting_for_server", message: "Waiting for a Copilot CLI server…" },
      });
    });
    try {
      const wasSeated = seat.place !== undefined;
      const isProviders = wanted.access.kind === "provider";
      // Before the session is where another would look for it.
      if (isProviders) await standbys.forgo(lease);
      const place = await seat.take({ lease, wanted, signal: verdict.over, seq: turn.seq, serverId });
      const isNewPlace = !wasSeated || from !== place.serverId;
      if (isNewPlace) onSeated(place.serverId);
      if (place.serverId !== turn.cliServer) {
        await store.move(turn.id, lease.fence, place.serverId);
        turn.cliServer = place.serverId;
      }
      const arrange = async () => (isProviders ? undefined : standbys.arrange(lease, isNewPlace));
      // A turn that has begun does not wait.
      if (this.#handedOver) void this.#soon(arrange);
      else await arrange();
      if (from !== null && (wasLost || from !== place.serverId)) {
        const data = { from, to: place.serverId, reason: this.#reasonToMove(from, place.serverId, wasLost) };
        writer.add({ type: "session.moved", turnId: turn.id, data });
      }
      const began = from !== null || lease.memoryFromSeq !== null;
      if (began && isNewPlace && !place.attachment.resumed) await this.#tellOfMemory(place);
      return place;
    } finally {
      seated.abort("seated");
    }
  }

  async #tellOfMemory({ attachment }: Place): Promise<void> {
    const { store } = this.#deps;
    const { sessionId, memoryFromSeq } = this.#options.lease;
    // A session whose earlier turns never reached the model has nothing to remember.
    if (!(await store.hasAnswer(sessionId))) return;
    this.writer.add({
      type: "turn.notice",
      turnId: this.turn.id,
      data: attachment.rebuilt || memoryFromSeq !== null ? MEMORY_REBUILT : MEMORY_LOST,
    });
  }
}
