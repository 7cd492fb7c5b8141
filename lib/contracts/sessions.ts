import { z } from "zod";
import { WireEvent } from "../events/wire";
import { PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, SEQ_MAX, SessionId } from "./ids";
import { Text } from "./text";
import { IdempotencyKey, TurnStatus } from "./turns";

/** The title of a session that nobody has named and nobody has used yet. */
export const UNTITLED = "New session";
export const TITLE_CHARS_MAX = 200;
export const MODEL_ID_CHARS_MAX = 200;
/** Longest page of `sessions.events`. */
export const EVENT_PAGE_ROWS_MAX = 1_000;

const Title = Text.pipe(
  z.string().trim().min(1, "A title needs at least one character.").max(TITLE_CHARS_MAX),
);
export const ModelId = Text.pipe(z.string().trim().min(1).max(MODEL_ID_CHARS_MAX));

/** One row of the session list. `activeTurn` is the turn that is queued or running now. */
export const SessionSummary = z.object({
  id: z.string(),
  title: z.string(),
  model: z.string().nullable(),
  archived: z.boolean(),
  activeTurn: z.object({ turnId: z.string(), status: TurnStatus }).nullable(),
  lastSeq: z.number().int(),
  createdAt: z.date(),
  lastActivityAt: z.date(),
});
export type SessionSummary = z.infer<typeof SessionSummary>;

/** `query` matches any part of the title, ignoring case. Newest activity first. */
export const ListSessionsInput = z
  .object({
    query: Text.pipe(z.string().trim().max(TITLE_CHARS_MAX)).optional(),
    archived: z.boolean().default(false),
    cursor: z.string().max(200).nullish(),
    limit: z.number().int().min(1).max(PAGE_ROWS_MAX).default(PAGE_ROWS_DEFAULT),
  })
  .prefault({});
export type ListSessionsInput = z.infer<typeof ListSessionsInput>;

export const SessionPage = z.object({ items: z.array(SessionSummary), nextCursor: z.string().nullable() });
export type SessionPage = z.infer<typeof SessionPage>;

export const SessionInput = z.object({ sessionId: SessionId });

/** The same key gives the same session, as long as there is one. */
export const CreateSessionInput = z
  .object({ model: ModelId.optional(), title: Title.optional(), idempotencyKey: IdempotencyKey.optional() })
  .prefault({});
export type CreateSessionInput = z.infer<typeof CreateSessionInput>;

export const UpdateSessionInput = z.object({
  sessionId: SessionId,
  title: Title.optional(),
  model: ModelId.optional(),
  archived: z.boolean().optional(),
});
export type UpdateSessionInput = z.infer<typeof UpdateSessionInput>;

export const ListEventsInput = z.object({
  sessionId: SessionId,
  afterSeq: z.number().int().min(0).max(SEQ_MAX).default(0),
  limit: z.number().int().min(1).max(EVENT_PAGE_ROWS_MAX).default(EVENT_PAGE_ROWS_MAX),
});
export type ListEventsInput = z.infer<typeof ListEventsInput>;

/** `lastSeq` is the newest number of the log; there is more to read while the last event's `seq` is below it. */
export const EventPage = z.object({ events: z.array(WireEvent), lastSeq: z.number().int() });
export type EventPage = z.infer<typeof EventPage>;

/** `lastEventId`: the id (`seq` as text) of the last event this watcher saw; absent or "0" replays everything. */
export const WatchInput = z.object({
  sessionId: SessionId,
  lastEventId: z
    .string()
    .regex(/^\d{1,10}$/, "lastEventId is the number of an event.")
    .refine((text) => Number(text) <= SEQ_MAX, "lastEventId is the number of an event.")
    .nullish(),
});
export type WatchInput = z.infer<typeof WatchInput>;
