import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import { type Doomed, type Removal, runnerTopic } from "../../sessions/types";
import { firstBatch, nextBatchRows } from "../rules";
import type { RetentionStore, ScanCursor, StoredRule } from "../store";
import {
  BATCH_LIMIT_MS,
  BATCH_REST,
  BATCH_ROWS_FIRST,
  BATCH_ROWS_MIN,
  PASSES_MAX,
  SCAN_ROWS,
} from "../tunables";
import type { Carrier, RunStore } from "./store";

type Deps = {
  store: Pick<RetentionStore, "rules" | "scan" | "goesBy">;
  runs: Pick<RunStore, "remove">;
  removal: Pick<Removal, "emptying" | "empty">;
  bell: Pick<Bell, "ring">;
  clock: Clock;
};

/** The deletions of one run, in batches that are short and leave more time to others than they take. What is done stays
 *  done, so any process can go on with it. */
export class CarriedRun {
  readonly #deps: Deps;
  readonly #carrier: Carrier;
  readonly #signal: AbortSignal;
  #isLost = false;
  #rows = BATCH_ROWS_FIRST;
  #longestMs = 0;
  /** How many were found and not deleted: somebody just used them. */
  #passedOver = 0;

  constructor(deps: Deps, carrier: Carrier, signal: AbortSignal) {
    this.#deps = deps;
    this.#carrier = carrier;
    this.#signal = signal;
  }

  /** The longest that a batch of this process held its locks. */
  get longestMs(): number {
    return this.#longestMs;
  }

  get #isOver(): boolean {
    return this.#isLost || this.#signal.aborted;
  }

  /** Deletes what the rules say. False where it ended before that was done: the signal aborted, or another process has
   *  taken the run over. */
  async deleteAll(): Promise<boolean> {
    const { store, removal } = this.#deps;
    for (const { id } of await removal.emptying()) await this.#empty(id);
    for (let pass = 0; pass < PASSES_MAX && !this.#isOver; pass += 1) {
      this.#passedOver = 0;
      const applied = new Set<string>();
      // Read each time: somebody may have changed them meanwhile.
      for (;;) {
        const rule = (await store.rules()).find(({ id, enabled }) => enabled && !applied.has(id));
        if (!rule || this.#isOver) break;
        applied.add(rule.id);
        await this.#apply(rule);
      }
      if (this.#passedOver === 0) break;
    }
    return !this.#isOver;
  }

  async #apply(rule: StoredRule): Promise<void> {
    const { store, clock } = this.#deps;
    const now = clock.now();
    for (let after: ScanCursor | null = null; !this.#isOver; ) {
      const found = await store.scan(rule, now, { after, limit: SCAN_ROWS });
      const details = { run: this.#carrier.runId, rule: rule.kind };
      let left: Doomed[] = found.map(({ id, lastSeq, events }) => ({ id, lastSeq, events, details }));
      while (left.length > 0 && !this.#isOver) {
        const { batch, weight } = firstBatch(left, this.#rows);
        if (await this.#remove(batch, { rule, now, weight })) left = left.slice(batch.length);
      }
      const last = found.at(-1);
      if (!last || found.length < SCAN_ROWS) return;
      after = last;
    }
  }

  /** False where nothing was done because it took too long: the next batch is smaller. */
  async #remove(
    sessions: Doomed[],
    { rule, now, weight }: { rule: StoredRule; now: Date; weight: number },
  ): Promise<boolean> {
    const { store, runs, bell } = this.#deps;
    // One with more events than a batch bears is taken out of reach first, and emptied in slices.
    const whole = weight <= this.#rows;
    const limitMs = this.#rows > BATCH_ROWS_MIN ? BATCH_LIMIT_MS : 0;
    const where = store.goesBy(rule, now);
    const request = { sessions, where, whole, limitMs, longestMs: this.#longestMs };
    const removed = await this.#batch(weight, (begun) => runs.remove(this.#carrier, request, begun));
    if (removed === "too_long") return false;
    if (removed === "lost") {
      this.#isLost = true;
      return true;
    }
    this.#passedOver += sessions.length - removed.length;
    for (const id of removed) {
      // Its watchers and its runner find nothing and stop.
      bell.ring(id);
      bell.ring(runnerTopic(id));
      if (!whole) await this.#empty(id);
    }
    return true;
  }

  async #empty(id: string): Promise<void> {
    const { removal } = this.#deps;
    let isGone = false;
    while (!isGone && !this.#isOver) {
      const rows = this.#rows;
      isGone = await this.#batch(rows, () => removal.empty(id, rows));
    }
  }

  /** Measures a batch of `weight` rows from its first lock on, and fits the size of the next one. */
  async #batch<Answer>(weight: number, work: (begun: () => void) => Promise<Answer>): Promise<Answer> {
    const { clock } = this.#deps;
    let begunAt = clock.monotonicMs();
    const answer = await work(() => {
      begunAt = clock.monotonicMs();
    });
    const tookMs = clock.monotonicMs() - begunAt;
    this.#longestMs = Math.max(this.#longestMs, tookMs);
    this.#rows = nextBatchRows(this.#rows, tookMs, weight * 2 > this.#rows);
    await clock.sleep(tookMs * BATCH_REST, this.#signal);
    return answer;
  }
}
