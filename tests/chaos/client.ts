import { setTimeout as sleep } from "node:timers/promises";
import { CallError, type FlightdeckClient, signInToFlightdeck } from "@/bench/arms/flightdeck-client";
import type { EventPage, SessionSummary } from "@/lib/contracts/sessions";
import type { TurnRef } from "@/lib/contracts/turns";
import type { WireEvent } from "@/lib/events/wire";
import type { FinalLog, History, Send } from "./history";
import type { ChaosStack } from "./stack";

/** Somebody who is signed in, on every process of the app. */
export type Person = { login: string; at(app: number): FlightdeckClient; close(): void };

export type Session = { id: string; person: Person };
export type Prompt = { key: string; tokens: number; rate: number; app: number };

const LOGINS = ["mona", "hubot", "octocat"];
/** An answer that takes longer counts as lost. */
const CALL_MAX_MS = 10_000;
/** A prompt is tried again for this long: longer than any outage of a run. */
const SEND_MAX_MS = 90_000;
const RETRY_MS = 100;
/** Statuses after which trying again makes sense. */
const RETRYABLE = [408, 409, 429, 500, 502, 503, 504];

/** Rejects after `ms`; what `work` leads to then goes nowhere. */
export function within<Result>(work: Promise<Result>, ms: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No answer within ${ms} ms.`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Signs everybody in, through the first process of the app. */
export function signInPeople(stack: ChaosStack): Promise<Person[]> {
  return Promise.all(
    LOGINS.map(async (login) => {
      const client = await signInToFlightdeck(stack.appUrl, login);
      const clients = stack.apps.map(({ link }) => client.at(link.port));
      const at = (app: number) => clients[app % clients.length] ?? client;
      return { login, at, close: () => client.close() };
    }),
  );
}

/** Calls with another process of the app at each try, until one answers or `SEND_MAX_MS` are over. */
async function insist<Answer>(first: number, attempt: (app: number) => Promise<Answer>): Promise<Answer> {
  const deadline = performance.now() + SEND_MAX_MS;
  for (let app = first; ; app++) {
    try {
      return await attempt(app);
    } catch (error) {
      const isFinal = error instanceof CallError && !RETRYABLE.includes(error.status);
      if (isFinal || performance.now() > deadline) throw error;
      await sleep(RETRY_MS);
    }
  }
}

type CallType = Parameters<FlightdeckClient["call"]>[0];

/** Calls until a process answers. What is called has to be safe to repeat. */
export const ask = <Answer>(
  person: Person,
  type: CallType,
  { path, input }: { path: string; input: unknown },
): Promise<Answer> => insist(0, (app) => within(person.at(app).call<Answer>(type, path, input), CALL_MAX_MS));

const read = <Answer>(person: Person, path: string, input: unknown): Promise<Answer> =>
  ask(person, "query", { path, input });

/** Opens a conversation. An answer that was lost leaves an empty one behind. */
export async function openSession(person: Person, app: number): Promise<Session> {
  const { id } = await insist(app, (at) =>
    within(person.at(at).call<SessionSummary>("mutation", "sessions.create", {}), CALL_MAX_MS),
  );
  return { id, person };
}

/** Sends a prompt once, to one process, and writes down what came of it. */
export async function sendOnce(history: History, session: Session, prompt: Prompt): Promise<TurnRef> {
  const { key, tokens, rate, app } = prompt;
  const { id: sessionId, person } = session;
  const text = `count tokens=${tokens} rate=${rate} key=${key}`;
  const send: Send = {
    ...{ sessionId, login: person.login, key, prompt: text, tokens, app },
    ...{ atMs: performance.now(), answeredAtMs: null, answer: null, error: null },
  };
  history.sends.push(send);
  try {
    const input = { sessionId, prompt: text, idempotencyKey: key };
    send.answer = await within(person.at(app).call<TurnRef>("mutation", "turns.send", input), CALL_MAX_MS);
    return send.answer;
  } catch (error) {
    send.error = String(error);
    throw error;
  } finally {
    send.answeredAtMs = performance.now();
  }
}

/** Sends a prompt until it is acknowledged: with the same key, as a client does whose answer was lost. */
export const send = (history: History, session: Session, prompt: Prompt): Promise<TurnRef> =>
  insist(prompt.app, (app) => sendOnce(history, session, { ...prompt, app }));

/** The session's log as it is now. */
export async function readLog({ id: sessionId, person }: Session): Promise<FinalLog> {
  const events: WireEvent[] = [];
  for (;;) {
    const input = { sessionId, afterSeq: events.at(-1)?.seq ?? 0 };
    const page = await read<EventPage>(person, "sessions.events", input);
    events.push(...page.events);
    if (page.events.length === 0 || (events.at(-1)?.seq ?? 0) >= page.lastSeq) break;
  }
  const { activeTurn } = await read<SessionSummary>(person, "sessions.get", { sessionId });
  return { sessionId, login: person.login, events, active: activeTurn !== null };
}

/** Deletes a session, so that the next scenario does not carry its weight. */
export const deleteSession = ({ id: sessionId, person }: Session): Promise<void> =>
  ask(person, "mutation", { path: "sessions.delete", input: { sessionId } });
