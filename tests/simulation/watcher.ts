import type { WireEvent } from "@/lib/events/wire";
import { watchLog } from "@/server/domain/sessions/watch";
import { type History, hashOf } from "@/tests/chaos/history";
import type { App, Life, Services } from "./app";
import { networkMs, type Outside, onLoss, pause } from "./client";
import { Channel } from "./core/actor";
import type { Sabotage } from "./core/sabotage";

type Parts = {
  outside: Outside;
  history: History;
  sabotage: Sabotage | null;
  /** Whether the session is there, as a process of the app would ask its database. */
};

/** How often a watcher goes away and comes back, as a reloaded page does. */
const DROPS = 0.3;
const RETRY_MS = [10, 300] as const;
/** A stream on which nothing comes any more is given up about this late. */
const SILENCE_MS = 5_000;
const SABOTAGED = 0.2;

/** Somebody who looks on at one session from its first event. Whatever ends the stream, it comes back, to any process,
 *  with the number of the last event that it saw. */
export class Watcher {
  readonly name: string;
  readonly sessionId: string;
  readonly #parts: Parts;
  lastSeq = 0;
  #attempt = 0;
  #isSabotaged = false;

  constructor(name: string, sessionId: string, parts: Parts) {
    this.name = name;
    this.sessionId = sessionId;
    this.#parts = parts;
    void this.#run();
  }

  async #run(): Promise<void> {
    const { outside } = this.#parts;
    for (;;) {
      await this.#follow(outside.random.pick(outside.apps));
      this.#attempt += 1;
      await pause(outside, outside.random.spread(...RETRY_MS));
    }
  }

  /** One stream from its beginning to its end. */
  #follow(app: App): Promise<void> {
    const { outside } = this.#parts;
    const { actor, random } = outside;
    const mine = this.#attempt;
    return new Promise((resolve) => {
      const { life } = app;
      const services = life?.services;
      if (!life || !services) return actor.later(networkMs(random), resolve);
      const ending = new AbortController();
      const end = () => {
        resolve();
        life.client.actor.later(networkMs(random), () => ending.abort("gone"));
      };
      onLoss(outside, life, end);
      if (random.chance(DROPS)) actor.timer(random.spread(10, 10_000), end);
      const listen = () => {
        if (life.client.actor.isStill) end();
        else if (mine === this.#attempt) actor.timer(SILENCE_MS, listen);
      };
      actor.timer(SILENCE_MS, listen);
      const down = new Channel(actor, () => networkMs(random));
      const take = (batch: WireEvent[]) => {
        if (mine === this.#attempt) for (const event of batch) this.#take(event);
      };
      life.client.actor.later(networkMs(random), () => {
        const send = (batch: WireEvent[]) => down.send(() => take(batch));
        void this.#serve(life, services, { ending, send }).then(() => down.send(end));
      });
    });
  }

  /** What the process does for this stream. */
  async #serve(
    life: Life,
    { log, bell, clock }: Services,
    { ending, send }: { ending: AbortController; send(batch: WireEvent[]): void },
  ): Promise<void> {
    const stop = () => ending.abort("shutting down");
    if (life.stopping.signal.aborted) return;
    life.stopping.signal.addEventListener("abort", stop, { once: true });
    const options = { afterSeq: this.lastSeq, signal: ending.signal, stillAllowed: async () => true };
    try {
      for await (const batch of watchLog({ log, bell, clock }, this.sessionId, options)) send(batch);
    } catch {
      // The stream ends; the watcher comes back.
    }
  }

  #take(event: WireEvent): void {
    const { sabotage, history, outside } = this.#parts;
    const { random, actor } = outside;
    this.lastSeq = event.seq;
    const isHit = !this.#isSabotaged && sabotage !== null && random.chance(SABOTAGED);
    if (isHit && sabotage === "drop an event") {
      this.#isSabotaged = true;
      return;
    }
    const row = {
      ...{ watcher: this.name, sessionId: this.sessionId, seq: event.seq, hash: hashOf(event) },
      ...{ atMs: actor.scheduler.nowMs, event },
    };
    history.received.push(row);
    if (isHit && sabotage === "repeat an event") {
      this.#isSabotaged = true;
      history.received.push(row);
    }
  }
}
