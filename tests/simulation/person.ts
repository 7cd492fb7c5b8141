import type { TurnRef } from "@/lib/contracts/turns";
import { AppError } from "@/lib/errors/app-error";
import type { Actor as Caller, OwnerId } from "@/server/platform/scope";
import type { History, Send } from "@/tests/chaos/history";
import type { App } from "./app";
import { call, type Outside, pause } from "./client";

export type PromptPlan = {
  key: string;
  tokens: number;
  /** Before it is sent. */
  thinkMs: number;
  /** Whether the turn before is waited for. */
  isPatient: boolean;
  /** Whether it is sent to two processes at once. */
  isDoubled: boolean;
  /** When the turn is asked to stop, after it was accepted; null where it is not. */
  abortAfterMs: number | null;
};

export type SessionPlan = { id: string; owner: string; prompts: PromptPlan[] };

/** What a person does after a failure is try again; any other error is final. */
const RETRYABLE = new Set(["database_unavailable", "shutting_down", "turn_already_active"]);
const RETRY_MS = [50, 1_500] as const;
const LOOK_MS = 150;
const ABORT_TRIES = 3;

type Parts = {
  outside: Outside;
  history: History;
  /** Whether a turn of the session is not over. */
  isBusy(sessionId: string): boolean;
  refusesAll: boolean;
};

/** Sends the prompts of one session, one after the other, each until it is acknowledged: with the same key, to any
 *  process. Resolves with the prompts that were refused for good. */
export async function converse(parts: Parts, session: SessionPlan): Promise<string[]> {
  const { outside } = parts;
  const refused: string[] = [];
  for (const prompt of session.prompts) {
    await pause(outside, prompt.thinkMs);
    while (prompt.isPatient && parts.isBusy(session.id)) await pause(outside, LOOK_MS);
    if (prompt.isDoubled) void sendOnce(parts, session, prompt).catch(() => {});
    const isTaken = await insist(parts, session, prompt);
    if (!isTaken) refused.push(prompt.key);
    if (isTaken && prompt.abortAfterMs !== null) void stop(parts, session, prompt.abortAfterMs);
  }
  return refused;
}

const callerOf = ({ owner }: SessionPlan): Caller => ({
  ...{ kind: "user", ownerId: owner as OwnerId, login: owner, role: "user", address: null, token: null },
});

async function insist(parts: Parts, session: SessionPlan, prompt: PromptPlan): Promise<boolean> {
  for (;;) {
    try {
      await sendOnce(parts, session, prompt);
      return true;
    } catch (error) {
      if (error instanceof AppError && (parts.refusesAll || !RETRYABLE.has(error.code))) return false;
      await pause(parts.outside, parts.outside.random.spread(...RETRY_MS));
    }
  }
}

async function sendOnce(
  { outside, history }: Parts,
  session: SessionPlan,
  { key, tokens }: PromptPlan,
): Promise<TurnRef> {
  const { random, apps, actor, trace } = outside;
  const app = random.pick(apps);
  const prompt = `count tokens=${tokens} key=${key}`;
  const send: Send = {
    ...{ sessionId: session.id, login: session.owner, key, prompt, tokens, app: apps.indexOf(app) },
    ...{ atMs: actor.scheduler.nowMs, answeredAtMs: null, answer: null, error: null },
  };
  history.sends.push(send);
  const input = { sessionId: session.id, prompt, idempotencyKey: key };
  try {
    send.answer = await call(outside, app, ({ turns }) => turns.send(callerOf(session), input));
    return send.answer;
  } catch (error) {
    send.error = error instanceof AppError ? error.code : String(error);
    throw error;
  } finally {
    send.answeredAtMs = actor.scheduler.nowMs;
    trace.note(
      () => `${session.owner} sent ${key} to ${app.name}: ${send.error ?? JSON.stringify(send.answer)}`,
    );
  }
}

async function stop({ outside }: Parts, session: SessionPlan, afterMs: number): Promise<void> {
  await pause(outside, afterMs);
  for (let tries = 0; tries < ABORT_TRIES; tries++) {
    const app: App = outside.random.pick(outside.apps);
    outside.trace.note(() => `${session.owner} stops ${session.id.slice(0, 8)} at ${app.name}`);
    try {
      return void (await call(outside, app, ({ turns }) => turns.abort(callerOf(session), session.id)));
    } catch {
      await pause(outside, outside.random.spread(...RETRY_MS));
    }
  }
}
