import type { Bell, Ring } from "@/server/db/bell";
import type { Actor } from "./core/actor";
import type { Random } from "./core/random";
import type { Trace } from "./core/trace";
import type { ModelDatabase } from "./database/model-database";

/** As server/db/bell.ts has it. */
const RECONNECT_FIRST_MS = 20;
const RECONNECT_MS = 500;
const STEADY_AFTER_MS = 4_000;

const PRESENCE_ENDS_MAX_MS = 20;

type Hub = { bells: Set<ModelBell>; database: ModelDatabase; random: Random; trace: Trace; lossRate: number };

/** The bells of all processes of a world. `lossRate` is the share of rings that reach nobody. */
export class BellHub {
  readonly #hub: Hub;

  constructor(parts: Omit<Hub, "bells" | "lossRate">) {
    this.#hub = { ...parts, bells: new Set(), lossRate: 0 };
  }

  set lossRate(share: number) {
    this.#hub.lossRate = share;
  }

  open(actor: Actor, processId: string): ModelBell {
    return new ModelBell(this.#hub, actor, processId);
  }

  /** Whether a process holds its lock: its connection is open. */
  readonly isPresent = (processId: string): boolean =>
    [...this.#hub.bells].some((bell) => bell.processId === processId && bell.isConnected);

  /** All connections break, as they do where the database goes. */
  disconnectAll(): void {
    for (const bell of this.#hub.bells) bell.disconnect();
  }
}

/** The bell of one process: rings come late, in any order, or never. */
class ModelBell implements Bell {
  readonly processId: string;
  readonly ready: Promise<void>;
  readonly #hub: Hub;
  readonly #actor: Actor;
  readonly #listeners = new Map<string, Set<(ring: Ring) => void>>();
  #open = () => {};
  #connections = 0;
  #openedAt = 0;
  #cutUntilMs = 0;
  #isStopped = false;
  isConnected = false;

  constructor(hub: Hub, actor: Actor, processId: string) {
    this.#hub = hub;
    this.#actor = actor;
    this.processId = processId;
    this.ready = new Promise((resolve) => {
      this.#open = resolve;
    });
    hub.bells.add(this);
    this.#connectIn(1);
  }

  listen(id: string, listener: (ring: Ring) => void): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(id);
    };
  }

  ring(id: string): void {
    this.#wake(id, { remote: false });
    this.ringOthers(id);
  }

  ringOthers(id: string): void {
    const { bells, random, lossRate } = this.#hub;
    if (!this.isConnected) return;
    for (const bell of bells) {
      if (bell === this || !bell.isConnected || random.chance(lossRate)) continue;
      const delayMs = random.chance(0.05) ? random.spread(10, 1_000) : random.between(0.2, 10);
      bell.#actor.later(delayMs, () => bell.isConnected && bell.#wake(id, { remote: true }));
    }
  }

  isSteady(): boolean {
    const openForMs = this.#actor.scheduler.nowMs - this.#openedAt;
    return this.isConnected && (this.#connections === 1 || openForMs > STEADY_AFTER_MS);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.isConnected = false;
    this.#hub.bells.delete(this);
  }

  /** Its connection breaks; it makes another one as soon as it can, which is not within `forMs`. */
  disconnect(forMs = 0): void {
    this.#cutUntilMs = this.#actor.scheduler.nowMs + forMs;
    if (!this.isConnected) return;
    this.isConnected = false;
    this.#connectIn(RECONNECT_FIRST_MS);
  }

  /** Its process is gone: the database sees that in a moment. */
  vanish(): void {
    const { random, bells } = this.#hub;
    this.#isStopped = true;
    this.#actor.scheduler.after(random.between(0, PRESENCE_ENDS_MAX_MS), () => {
      this.isConnected = false;
      bells.delete(this);
    });
  }

  #connectIn(ms: number): void {
    const { database, random, trace } = this.#hub;
    this.#actor.timer(ms + random.between(1, 10), () => {
      if (this.#isStopped) return;
      const isCut = this.#actor.scheduler.nowMs < this.#cutUntilMs;
      if (database.isAway || isCut) return this.#connectIn(RECONNECT_MS);
      this.isConnected = true;
      this.#connections += 1;
      this.#openedAt = this.#actor.scheduler.nowMs;
      trace.note(() => `bell of ${this.processId.slice(0, 8)} connected`);
      this.#open();
      for (const id of [...this.#listeners.keys()]) this.#wake(id, { remote: true });
    });
  }

  #wake(id: string, ring: Ring): void {
    for (const listener of this.#listeners.get(id) ?? []) listener(ring);
  }
}
