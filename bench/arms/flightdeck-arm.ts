import { randomUUID } from "node:crypto";
import type { SessionSummary } from "@/lib/contracts/sessions";
import type { TurnRef } from "@/lib/contracts/turns";
import type { WireEvent } from "@/lib/events/wire";
import { cpuSeconds } from "../processes";
import type { FlightdeckClient } from "./flightdeck-client";
import type { Arm, BenchSession, TurnTimes } from "./types";

const TURN_TIMEOUT_MS = 120_000;

/** Collects what one turn does, from `turns.send` to the event that ends it. */
function collectTurn(startedAt: number) {
  let firstTokenMs = Number.NaN;
  let text = "";
  let finish: (result: TurnTimes) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const done = new Promise<TurnTimes>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const timeout = setTimeout(() => fail(new Error("The turn did not end in time.")), TURN_TIMEOUT_MS);
  return {
    done: done.finally(() => clearTimeout(timeout)),
    take(event: WireEvent): void {
      const elapsedMs = performance.now() - startedAt;
      if (event.type === "assistant.delta" || event.type === "assistant.message") {
        if (Number.isNaN(firstTokenMs)) firstTokenMs = elapsedMs;
      }
      if (event.type === "assistant.message") text = event.data.content;
      if (event.type !== "turn.ended") return;
      if (event.data.outcome === "succeeded") finish({ firstTokenMs, wholeMs: elapsedMs, text });
      else fail(new Error(`The turn ended ${event.data.outcome}: ${event.data.code ?? ""}`));
    },
  };
}

/** A session of Flightdeck: `unwatch` leaves it idle and unwatched. */
export type FlightdeckSession = BenchSession & { id: string; unwatch(): void };
export type FlightdeckArm = Omit<Arm, "open"> & { open(): Promise<FlightdeckSession> };

/** Turns by `turns.send`, watched by `sessions.watch`, as a browser does. */
export function createFlightdeckArm(client: FlightdeckClient, appPid: () => number): FlightdeckArm {
  return {
    id: "flightdeck",
    async open() {
      const { id } = await client.call<SessionSummary>("mutation", "sessions.create", {});
      let turn: ReturnType<typeof collectTurn> | undefined;
      const watch = await client.watch(id, (event) => turn?.take(event));
      return {
        id,
        async turn(prompt) {
          const current = collectTurn(performance.now());
          turn = current;
          const sent = client.call<TurnRef>("mutation", "turns.send", {
            sessionId: id,
            prompt,
            idempotencyKey: randomUUID(),
          });
          const [times] = await Promise.all([current.done, sent]);
          return times;
        },
        unwatch: watch.close,
        async close() {
          watch.close();
          await client.call("mutation", "sessions.delete", { sessionId: id });
        },
      };
    },
    driverCpuSeconds: () => cpuSeconds(appPid()),
    close: async () => client.close(),
  };
}
