import { createHash } from "node:crypto";
import type { TurnRef } from "@/lib/contracts/turns";
import type { WireEvent } from "@/lib/events/wire";

/** One attempt to send a prompt. Attempts with one key are the same prompt. Times are milliseconds of one monotonic
 *  clock. `answer` and `error` are both null while there is no answer, and for ever where it was lost. */
export type Send = {
  sessionId: string;
  login: string;
  key: string;
  prompt: string;
  /** The model counts to this number. */
  tokens: number;
  /** Index of the app process that was asked. */
  app: number;
  atMs: number;
  answeredAtMs: number | null;
  answer: TurnRef | null;
  error: string | null;
};

/** An event that a watcher received. */
export type Received = {
  watcher: string;
  sessionId: string;
  seq: number;
  hash: string;
  atMs: number;
  event: WireEvent;
};

export type Fault = { name: string; target: string; atMs: number };

/** Everything that clients did and saw, in the order in which it happened. */
export type History = { sends: Send[]; received: Received[]; faults: Fault[] };

/** A session's log at the end, and whether its row still names an active turn. */
export type FinalLog = { sessionId: string; login: string; events: WireEvent[]; active: boolean };

/** One call that a model stand-in was asked to answer. */
export type ModelCall = {
  sessionHint: string | null;
  tokenLogin: string | null;
  promptText: string;
  promptCount: number;
};

/** What the checker looks at. */
export type Evidence = { history: History; logs: FinalLog[]; calls: ModelCall[] };

export const newHistory = (): History => ({ sends: [], received: [], faults: [] });

// The database gives the keys of an object back in its own order, and none that is undefined.
const entriesOf = (data: object) =>
  Object.entries(data)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** The same for every copy of one event, however it was read. */
export function hashOf({ seq, turnId, type, at, data }: WireEvent): string {
  const text = JSON.stringify([seq, turnId, type, at, entriesOf(data)]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}

/** The text that the model gives to `count tokens=N`. */
export const countedTo = (tokens: number): string =>
  Array.from({ length: tokens }, (_, index) => index + 1).join(" ");

const TEXT: WireEvent["type"][] = ["assistant.delta", "assistant.message", "turn.ended"];

/** True for an event by which a viewer sees that a turn goes on, or is over. */
export const isText = ({ type }: WireEvent): boolean => TEXT.includes(type);
