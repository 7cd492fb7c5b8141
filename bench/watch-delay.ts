import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { SessionSummary } from "@/lib/contracts/sessions";
import type { WireEvent } from "@/lib/events/wire";
import type { FlightdeckClient } from "./arms/flightdeck-client";
import { delaysOf, type Mark } from "./marks";
import { cpuSeconds } from "./processes";
import type { BenchStack } from "./stack";

/** `appCores`: CPU seconds that the app used per second while it streamed. */
export type WatchDelayResult = {
  streams: number;
  tokensPerSecond: number;
  delaysMs: number[];
  appCores: number;
};

type Options = {
  stack: BenchStack;
  client: FlightdeckClient;
  streams: number;
  tokens: number;
};

/** Tokens a second of each stream, about what a hosted model gives. */
const TOKENS_PER_SECOND = 40;
/** The streams begin this far apart. */
const START_APART_MS = 100;
const TURN_TIMEOUT_MS = 120_000;

/** What one side has of an answer, kept by the moment it came. */
function createReader() {
  let marks: Mark[] = [];
  let chars = 0;
  const add = (atMs: number) => marks.push({ chars, atMs });
  return {
    reset(): void {
      marks = [];
      chars = 0;
    },
    grow(by: number, atMs: number): void {
      chars += by;
      add(atMs);
    },
    complete(length: number, atMs: number): void {
      chars = length;
      add(atMs);
    },
    marks: () => marks,
  };
}

const unixMs = () => performance.timeOrigin + performance.now();

async function openStream(client: FlightdeckClient) {
  const { id: sessionId } = await client.call<SessionSummary>("mutation", "sessions.create", {});
  const reader = createReader();
  let ended: (outcome: string) => void = () => {};
  const watch = await client.watch(sessionId, (event: WireEvent) => {
    if (event.type === "assistant.delta") reader.grow(event.data.text.length, unixMs());
    if (event.type === "assistant.message") reader.complete(event.data.content.length, unixMs());
    if (event.type === "turn.ended") ended(event.data.code ?? event.data.outcome);
  });
  return {
    sessionId,
    reader,
    close: watch.close,
    async turn(prompt: string): Promise<void> {
      reader.reset();
      const finished = new Promise<void>((resolve, reject) => {
        const timeout = setTimeout(() => reject(new Error("A stream did not end.")), TURN_TIMEOUT_MS);
        ended = (outcome) => {
          clearTimeout(timeout);
          if (outcome === "succeeded") resolve();
          else reject(new Error(`A stream ended ${outcome}.`));
        };
      });
      await client.call("mutation", "turns.send", { sessionId, prompt, idempotencyKey: randomUUID() });
      await finished;
    },
  };
}

/** How long text takes from the SDK to the watchers while `streams` turns stream: from the moment at which the SDK
 *  in the app emits it, to the moment at which the watcher's client has it. */
export async function measureWatchDelay({
  stack,
  client,
  streams,
  tokens,
}: Options): Promise<WatchDelayResult> {
  const opened = await Promise.all(Array.from({ length: streams }, () => openStream(client)));
  for (const { turn } of opened) await turn("count tokens=5 rate=0");
  await stack.probe.listen();
  const prompt = `count tokens=${tokens} rate=${TOKENS_PER_SECOND}`;
  const before = { cpu: cpuSeconds(stack.appPid()), atMs: performance.now() };
  await Promise.all(
    opened.map(async ({ turn }, index) => {
      await sleep(index * START_APART_MS);
      await turn(prompt);
    }),
  );
  const seconds = (performance.now() - before.atMs) / 1_000;
  const appCores = (cpuSeconds(stack.appPid()) - before.cpu) / seconds;
  const emitted = new Map(opened.map(({ sessionId }) => [sessionId, createReader()]));
  for (const { sessionId, chars, atMs } of await stack.probe.emitted()) {
    emitted.get(sessionId)?.grow(chars, atMs);
  }
  // Counted while all of them stream: starting a turn is other work than following one.
  const all = [...emitted.values()].map((reader) => reader.marks());
  const from = Math.max(...all.map((marks) => marks[0]?.atMs ?? Number.POSITIVE_INFINITY));
  const to = Math.min(...all.map((marks) => marks.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY));
  if (from >= to) throw new Error("The streams did not run at the same time; the machine is too busy.");
  const delaysMs = opened.flatMap(({ reader }, index) => {
    const counted = (all[index] ?? []).filter(({ atMs }) => atMs >= from && atMs <= to);
    return delaysOf(counted, reader.marks());
  });
  for (const { sessionId, close } of opened) {
    close();
    await client.call("mutation", "sessions.delete", { sessionId });
  }
  return { streams, tokensPerSecond: TOKENS_PER_SECOND, delaysMs, appCores };
}
