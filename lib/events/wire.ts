import { z } from "zod";

/** Ranges `[first, last]` of event numbers that this event replaces: the deltas it was assembled from. They are
 *  no longer stored, so a reader who joins later sees the numbers jump, and finds the jump explained here. */
const Folded = z.array(z.tuple([z.number().int(), z.number().int()]));
export type Folded = z.infer<typeof Folded>;

/** The data of each event type: the only things that enter a session's log. */
export const EVENT_DATA = {
  /** A prompt was accepted. `retryOf`: the failed turn that this one repeats. */
  "user.message": z.object({ content: z.string(), retryOf: z.string().optional() }),
  /** The turn has to wait. `position`, from 1: among all turns that wait for a CLI server that is less busy, or, where
   *  the person has as many turns running as one may, among the person's own. */
  "turn.queued": z.object({
    position: z.number().int(),
    reason: z.enum(["servers_busy", "person_limit"]),
  }),
  /** `identity`: under which the model is asked: the owner's GitHub account, that of the server (`service`), or a
   *  provider's key. Older events do not say it, and were the owner's. */
  "turn.started": z.object({
    model: z.string().nullable(),
    identity: z.enum(["user", "service", "provider"]).optional(),
  }),
  /** Text to append to message `messageId`. */
  "assistant.delta": z.object({ messageId: z.string(), text: z.string() }),
  /** The whole message; replaces its deltas. `partial`: the turn ended before the message was complete. */
  "assistant.message": z.object({
    messageId: z.string(),
    content: z.string(),
    partial: z.boolean(),
    folded: Folded,
  }),
  /** The text of this unfinished message is taken back: the model is asked again and answers from the start. */
  "assistant.retracted": z.object({ messageId: z.string(), folded: Folded }),
  "assistant.reasoning_delta": z.object({ reasoningId: z.string(), text: z.string() }),
  "assistant.reasoning": z.object({ reasoningId: z.string(), content: z.string(), folded: Folded }),
  /** Something slow is going on that a person should know, e.g. the model is being asked again. */
  "turn.notice": z.object({
    code: z.enum(["model_retrying", "waiting_for_server", "memory_lost", "memory_rebuilt"]),
    message: z.string(),
  }),
  /** The session is on CLI server `to` from now on; `server_busy`: because the other has no room; `server_set_aside`:
   *  because the other, a spare or one in quarantine, is used only where no better one answers; `administrator`: because
   *  one has moved it. In mid-turn the answer is asked for again where it was not finished; then its text is taken back
   *  by `assistant.retracted`. `from` = `to`: that server came back. */
  "session.moved": z.object({
    from: z.string(),
    to: z.string(),
    reason: z.enum(["server_lost", "server_draining", "server_busy", "server_set_aside", "administrator"]),
  }),
  "turn.ended": z.object({
    outcome: z.enum(["succeeded", "failed", "aborted"]),
    code: z.string().optional(),
    message: z.string().optional(),
  }),
  "session.updated": z.object({
    title: z.string().optional(),
    model: z.string().nullable().optional(),
    archived: z.boolean().optional(),
  }),
  /** An administrator, `by` their login, has read the conversation up to here, for the `reason` that they gave. */
  "session.read": z.object({ by: z.string(), reason: z.string() }),
  /** One model call. Tokens as counted by the endpoint, durations in milliseconds. */
  usage: z.object({
    model: z.string(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    cacheReadTokens: z.number().optional(),
    reasoningTokens: z.number().optional(),
    cost: z.number().optional(),
    durationMs: z.number().optional(),
    timeToFirstTokenMs: z.number().optional(),
  }),
} as const;

export type EventType = keyof typeof EVENT_DATA;
export type EventData<T extends EventType> = z.infer<(typeof EVENT_DATA)[T]>;

const envelope = { seq: z.number().int(), turnId: z.string().optional(), at: z.date() };
const member = <T extends EventType>(type: T) =>
  z.object({ ...envelope, type: z.literal(type), data: EVENT_DATA[type] });

/** One event as every reader receives it: `{ seq, turnId?, type, data, at }`. */
export const WireEvent = z.discriminatedUnion("type", [
  member("user.message"),
  member("turn.queued"),
  member("turn.started"),
  member("assistant.delta"),
  member("assistant.message"),
  member("assistant.retracted"),
  member("assistant.reasoning_delta"),
  member("assistant.reasoning"),
  member("turn.notice"),
  member("session.moved"),
  member("turn.ended"),
  member("session.updated"),
  member("session.read"),
  member("usage"),
]);

export type WireEvent = { [T in EventType]: WireEventOf<T> }[EventType];
export type WireEventOf<T extends EventType> = {
  seq: number;
  turnId?: string | undefined;
  at: Date;
  type: T;
  data: EventData<T>;
};

/** An event before the log has numbered it. */
export type NewEvent = { [T in EventType]: { type: T; data: EventData<T>; turnId?: string } }[EventType];
