import { AppError } from "@/lib/errors/app-error";
import { type Actor, EPOCH } from "../core/actor";
import type { Random } from "../core/random";
import type { Scheduler } from "../core/scheduler";
import type { Trace } from "../core/trace";
import { Tables } from "./tables";

/** Whose statements these are. */
export type DbClient = { actor: Actor; name: string; processId: string };

/** What happens to a statement besides being done. */
type Fate = "done" | "lost" | "answer lost";

const CONNECT_TIMEOUT_MS = 5_000;
/** A statement of a process that died is still done where it was on its way. */
const STILL_DONE = 0.8;

const away = (what: string) => new AppError("database_unavailable", { cause: new Error(what) });

type Parts = { scheduler: Scheduler; random: Random; trace: Trace };

/** A database in memory, reached over a network: a statement is done a while after it was sent, and its answer comes
 *  a while later, or never. It can be away, and answers can be lost before or after the statement was done. */
export class ModelDatabase {
  readonly tables = new Tables();
  readonly #parts: Parts;
  /** Statements that a client loses next. */
  readonly #unlucky = new Map<string, number>();
  #isAway = false;
  /** Grows with each outage, which tears all connections. */
  #outages = 0;
  /** Longest common time of one way, in milliseconds. */
  latencyMs = 2;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  get now(): number {
    return this.#parts.scheduler.nowMs;
  }

  /** The database's own time, as rows keep it. */
  get date(): Date {
    return new Date(EPOCH + this.now);
  }

  /** Milliseconds since a time that a row names. */
  ageOf(at: Date): number {
    return this.now - (at.getTime() - EPOCH);
  }

  goAway(): void {
    this.#isAway = true;
    this.#outages += 1;
  }

  comeBack(): void {
    this.#isAway = false;
  }

  /** The next `statements` of this client are lost, before or after they were done. */
  lose(client: Pick<DbClient, "name">, statements: number): void {
    this.#unlucky.set(client.name, statements);
  }

  /** Sends a statement. Rejects with `database_unavailable` where there is no answer; never settles for a process that
   *  is gone. */
  query<Result>(client: DbClient, what: string, work: () => Result): Promise<Result> {
    const { scheduler, random, trace } = this.#parts;
    const { actor, name } = client;
    const fate = this.#fateOf(name);
    const outages = this.#outages;
    return new Promise((resolve, reject) => {
      const fail = (why: string, ms = this.#wayMs()) =>
        actor.later(ms, () => reject(away(`${what}: ${why}`)));
      const answer = (tell: () => void) => {
        if (fate === "answer lost") return fail("its answer was lost");
        return actor.later(this.#wayMs(), () => (outages === this.#outages ? tell() : reject(away(what))));
      };
      scheduler.after(this.#wayMs(), () => {
        if (actor.isGone && !random.chance(STILL_DONE)) return;
        if (this.#isAway) return fail("away", random.chance(0.2) ? CONNECT_TIMEOUT_MS : this.#wayMs());
        if (fate === "lost") return fail("it was lost");
        try {
          const result = work();
          trace.note(() => `${name} db: ${what}${fate === "done" ? "" : ` (${fate})`} → ${told(result)}`);
          return answer(() => resolve(result));
        } catch (error) {
          trace.note(() => `${name} db: ${what} threw ${String(error)}`);
          return answer(() => reject(error));
        }
      });
    });
  }

  #fateOf(name: string): Fate {
    const left = this.#unlucky.get(name) ?? 0;
    if (left === 0) return "done";
    this.#unlucky.set(name, left - 1);
    return this.#parts.random.chance(0.5) ? "lost" : "answer lost";
  }

  #wayMs(): number {
    const { random } = this.#parts;
    if (random.chance(0.02)) return random.spread(this.latencyMs, 50 * this.latencyMs);
    return random.between(0.1, this.latencyMs);
  }
}

const TOLD_CHARS_MAX = 60;

function told(result: unknown): string {
  const text = result instanceof Map ? JSON.stringify([...result]) : JSON.stringify(result);
  return (text ?? "nothing").slice(0, TOLD_CHARS_MAX);
}
