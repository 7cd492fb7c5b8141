import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { SessionSummary } from "@/lib/contracts/sessions";
import type { WireEvent } from "@/lib/events/wire";
import type { FlightdeckClient } from "./arms/flightdeck-client";
import { sessionOptions, startClient } from "./arms/sdk-arm";
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
  gitHubToken: string;
  streams: number;
  tokens: number;
};

/** Tokens a second of each stream, about what a hosted model gives. */
const TOKENS_PER_SECOND = 40;
/** The streams begin this far apart. */
const START_APART_MS = 100;
const TURN_TIMEOUT_MS = 120_000;

/** What a reader has of the newest answer, kept by the moment it came. */
function createReader() {
  let marks: Mark[] = [];
  let chars = 0;
  return {
    reset(): void {
      marks = [];
      chars = 0;
    },
    grow(by: number): void {
      chars += by;
      marks.push({ chars, atMs: performance.now() });
    },
    complete(length: number): void {
      chars = length;
      marks.push({ chars, atMs: performance.now() });
    },
    marks: () => marks,
  };
}

async function openStream(client: FlightdeckClient) {
  const { id: sessionId } = await client.call<SessionSummary>("mutation", "sessions.create", {});
  const reader = createReader();
  let ended: (outcome: string) => void = () => {};
  const watch = await client.watch(sessionId, (event: WireEvent) => {
    if (event.type === "assistant.delta") reader.grow(event.data.text.length);
    if (event.type === "assistant.message") reader.complete(event.data.content.length);
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

/** How long text takes from the SDK to the watchers while `streams` turns stream. A second SDK client, attached to the
 *  same sessions of the same CLI server, tells when the SDK emitted each piece; both are read in this process, so
 *  one clock times both. */
export async function measureWatchDelay(options: Options): Promise<WatchDelayResult> {
  const { stack, client, gitHubToken, streams, tokens } = options;
  const reference = await startClient(stack.cli, { noDelay: true });
  const opened = await Promise.all(Array.from({ length: streams }, () => openStream(client)));
  const emitted = await Promise.all(
    opened.map(async ({ sessionId, turn }) => {
      // The first turn brings the session to the CLI server, where the reference can attach to it.
      await turn("count tokens=5 rate=0");
      const session = await reference.resumeSession(sessionId, sessionOptions(gitHubToken));
      const reader = createReader();
      session.on("assistant.message_delta", (event) => reader.grow(event.data.deltaContent.length));
      return reader;
    }),
  );
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
  // Counted while all of them stream: starting a turn is other work than following one.
  const all = emitted.map((reader) => reader.marks());
  const from = Math.max(...all.map((marks) => marks[0]?.atMs ?? Number.POSITIVE_INFINITY));
  const to = Math.min(...all.map((marks) => marks.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY));
  if (from >= to) throw new Error("The streams did not run at the same time; the machine is too busy.");
  const delaysMs = opened.flatMap(({ reader }, index) => {
    const counted = (all[index] ?? []).filter(({ atMs }) => atMs >= from && atMs <= to);
    return delaysOf(counted, reader.marks());
  });
  await reference.stop();
  for (const { sessionId, close } of opened) {
    close();
    await client.call("mutation", "sessions.delete", { sessionId });
  }
  return { streams, tokensPerSecond: TOKENS_PER_SECOND, delaysMs, appCores };
}
