import { beforeEach, describe, expect, test } from "vitest";
import type { WireEvent } from "@/lib/events/wire";
import { createSessionWatcher, type WatcherDeps, type WatchHandlers } from "./session-watcher";

type Stream = { lastSeq: number; handlers: WatchHandlers; closed: boolean };

const at = new Date(0);
const promptEvent = (seq: number): WireEvent => ({
  seq,
  at,
  turnId: `t${seq}`,
  type: "user.message",
  data: { content: "q" },
});

function setUp() {
  const streams: Stream[] = [];
  const frames: (() => void)[] = [];
  const delays: { task: () => void; ms: number }[] = [];
  let answer: Awaited<ReturnType<WatcherDeps["probe"]>> = "ok";
  const watcher = createSessionWatcher({
    open(lastSeq, handlers) {
      const stream = { lastSeq, handlers, closed: false };
      streams.push(stream);
      return () => {
        stream.closed = true;
        // As tRPC does it: a subscription that is given up completes.
        handlers.onEnd();
      };
    },
    probe: () => Promise.resolve(answer),
    frame(task) {
      frames.push(task);
      return () => frames.splice(frames.indexOf(task), 1);
    },
    delay(task, ms) {
      const delay = { task, ms };
      delays.push(delay);
      return () => delays.splice(delays.indexOf(delay), 1);
    },
  });
  const current = () => {
    const stream = streams.at(-1);
    if (!stream) throw new Error("no stream was opened");
    return stream;
  };
  return {
    watcher,
    streams,
    frames,
    delays,
    current,
    answers(next: typeof answer) {
      answer = next;
    },
    nextFrame: () => frames.shift()?.(),
    async wait() {
      await Promise.resolve();
      await Promise.resolve();
      delays.shift()?.task();
    },
  };
}

function setUpSeeded() {
  const seeded = setUp();
  seeded.watcher.seed([promptEvent(1), promptEvent(2)]);
  seeded.watcher.start();
  return seeded;
}

let world: ReturnType<typeof setUp>;
beforeEach(() => {
  world = setUp();
  world.watcher.start();
});

describe("a watched session", () => {
  test("applies the events of one frame together", () => {
    const { watcher, current, nextFrame, frames } = world;
    let changes = 0;
    current().handlers.onOpen();
    watcher.subscribe(() => {
      changes += 1;
    });
    for (let seq = 1; seq <= 50; seq += 1) current().handlers.onEvent(promptEvent(seq));
    expect(frames).toHaveLength(1);
    expect(watcher.getState().transcript.lastSeq).toBe(0);
    nextFrame();
    expect(watcher.getState().transcript.turns).toHaveLength(50);
    expect(changes).toBe(1);
  });

  test("after a break it goes on behind the last event it had received, drawn or not", async () => {
    const { watcher, current, streams, wait } = world;
    current().handlers.onOpen();
    current().handlers.onEvent(promptEvent(1));
    current().handlers.onEvent(promptEvent(2));
    current().handlers.onEnd();
    expect(watcher.getState().connection).toBe("reconnecting");
    await wait();
    expect(streams).toHaveLength(2);
    expect(current().lastSeq).toBe(2);
    current().handlers.onOpen();
    expect(watcher.getState().connection).toBe("live");
  });

  test("a stream that was replaced can no longer change anything", async () => {
    const { watcher, streams, wait, nextFrame } = world;
    const [old] = streams;
    old?.handlers.onOpen();
    old?.handlers.onEnd();
    old?.handlers.onEnd();
    await wait();
    old?.handlers.onEvent(promptEvent(1));
    nextFrame();
    expect(watcher.getState().transcript.lastSeq).toBe(0);
    expect(streams).toHaveLength(2);
    expect(old?.closed).toBe(true);
  });

  test("waits longer after each failure, up to a bound, and not at all for what was only a planned end", async () => {
    const { current, delays, wait, answers } = world;
    current().handlers.onOpen();
    current().handlers.onEnd();
    await Promise.resolve();
    await Promise.resolve();
    expect(delays[0]?.ms).toBe(0);
    answers("unreachable");
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      await wait();
      current().handlers.onEnd();
      await Promise.resolve();
      await Promise.resolve();
      waits.push(delays[0]?.ms ?? -1);
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBe(8_000);
  });

  test.each(["gone", "signed_out"] as const)("stops for good when it is %s", async (reason) => {
    const { watcher, current, streams, wait, answers } = world;
    answers(reason);
    current().handlers.onEnd();
    await wait();
    expect(watcher.getState().connection).toBe(reason);
    expect(streams).toHaveLength(1);
  });

  test("goes on where it was after it had been left", () => {
    const { watcher, current, streams } = world;
    current().handlers.onOpen();
    current().handlers.onEvent(promptEvent(1));
    watcher.stop();
    expect(current().closed).toBe(true);
    watcher.start();
    expect(streams).toHaveLength(2);
    expect(current().lastSeq).toBe(1);
  });

  test("goes on behind the transcript that came with the page", () => {
    const { watcher, current } = setUpSeeded();
    expect(watcher.getState().transcript.turns).toHaveLength(2);
    expect(current().lastSeq).toBe(2);
  });

  test("a person whose network is back does not wait", async () => {
    const { watcher, current, streams, answers } = world;
    answers("unreachable");
    current().handlers.onEnd();
    await Promise.resolve();
    await Promise.resolve();
    watcher.nudge();
    expect(streams).toHaveLength(2);
  });
});
