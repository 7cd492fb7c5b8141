import pino from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { WireEvent } from "@/lib/events/wire";
import type { Actor, OwnerId } from "@/server/platform/scope";
import type { Context } from "@/server/trpc/context";
import { problemOf } from "../problem";
import { ANSWER_MS_MAX } from "../tunables";
import { CHAT } from "./chat";

const SESSION = "0b8d8f2e-6c1d-4b8f-9d7e-2f1f5b1f6a01";
const TURN = "0b8d8f2e-6c1d-4b8f-9d7e-2f1f5b1f6a02";
const at = new Date(0);
const actor: Actor = {
  ...{ kind: "user", ownerId: "o" as OwnerId, login: "mona", role: "user", address: null, token: null },
};
const session = {
  ...{ id: SESSION, title: "t", model: null, archived: false, activeTurn: null, lastSeq: 0 },
  ...{ createdAt: at, lastActivityAt: at },
};
const turn = {
  ...{ turnId: TURN, sessionId: SESSION, seq: 1, status: "running", prompt: "p", model: null, retryOf: null },
  ...{ code: null, message: null, createdAt: at, startedAt: at, endedAt: null },
};

/** What a session says until nobody listens. */
async function* quiet(signal: AbortSignal): AsyncGenerator<WireEvent[]> {
  yield [{ seq: 2, turnId: TURN, at, type: "turn.started", data: { model: null } }];
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
}

const send = vi.fn(async () => ({ turnId: TURN, seq: 1, status: "running" }));
const watching = vi.fn();

function chat(input: object): Promise<unknown> {
  const services = {
    quotas: { openStream: async () => () => {} },
    sessions: {
      create: async () => session,
      watch(_: Actor, id: string, options: { afterSeq: number; signal: AbortSignal }) {
        watching(id, options.afterSeq);
        return quiet(options.signal);
      },
    },
    turns: { send, get: async () => turn },
  };
  const context = { actor, services, log: pino({ level: "silent" }), stopping: new AbortController().signal };
  const [operation] = CHAT;
  if (!operation) throw new Error("there is no chat");
  const signal = new AbortController().signal;
  return operation.run({ context: context as unknown as Context, input: { ...input }, signal });
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("an answer that is late is given up, with the ids to come back with", async () => {
  const asked = chat({ message: "hello" }).catch((error: unknown) => problemOf(error));
  await vi.advanceTimersByTimeAsync(ANSWER_MS_MAX - 1);
  expect(watching).toHaveBeenCalledWith(SESSION, 1);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await asked).toMatchObject({
    ...{ status: 504, code: "answer_late", retryable: true, sessionId: SESSION, turnId: TURN },
  });
  expect(vi.getTimerCount()).toBe(0);
});

it("a prompt that is refused leaves no timer, and names its session", async () => {
  send.mockRejectedValueOnce(new Error("secret"));
  const problem = await chat({ message: "hello" }).catch((error: unknown) => problemOf(error));
  expect(problem).toMatchObject({ status: 500, code: "internal", sessionId: SESSION });
  expect(JSON.stringify(problem)).not.toContain("secret");
  expect(vi.getTimerCount()).toBe(0);
});
