import { z } from "zod";
import { WireEvent } from "../events/wire";
import { BulkIds } from "./bulk";
import { SEQ_MAX, SessionId } from "./ids";
import { MODEL_ID_CHARS_MAX, TITLE_CHARS_MAX } from "./sessions";
import { Text } from "./text";
import { TurnStatus } from "./turns";

/** Most rows of the administrators' list at once. */
export const ADMIN_PAGE_ROWS_MAX = 100;
/** Matches are counted up to here. */
export const COUNTED_MAX = 1_000;
/** Most rows of one CSV, and of one call that gives some of them. */
export const CSV_ROWS_MAX = 100_000;
export const EXPORT_ROWS = 1_000;
export const REASON_CHARS_MIN = 10;
export const REASON_CHARS_MAX = 500;
const WORDS_CHARS_MAX = 200;
const CURSOR_CHARS_MAX = 200;

const Words = Text.pipe(z.string().trim().max(WORDS_CHARS_MAX));

/** `running` and `queued`: it has such a turn; `idle`: it has none, and is not archived. */
export const AdminSessionState = z.enum(["running", "queued", "idle", "archived"]);
export type AdminSessionState = z.infer<typeof AdminSessionState>;

export const ADMIN_SESSION_SORTS = ["lastActivityAt", "createdAt"] as const;
export type AdminSessionSort = (typeof ADMIN_SESSION_SORTS)[number];

const Order = {
  sort: z.enum(ADMIN_SESSION_SORTS).default("lastActivityAt"),
  descending: z.boolean().default(true),
};
const CursorText = z.string().max(CURSOR_CHARS_MAX);

/** `query`: words in the title, in any order, ignoring case; one of one or two letters or digits is the beginning of a
 *  word there. `owner`: the beginning of a login. Times: at or after
 *  `From`, before `To`. */
export const AdminSessionFilter = z.object({
  query: Text.pipe(z.string().trim().max(TITLE_CHARS_MAX)).optional(),
  owner: Words.optional(),
  state: AdminSessionState.optional(),
  model: Text.pipe(z.string().trim().max(MODEL_ID_CHARS_MAX)).optional(),
  server: Words.optional(),
  createdFrom: z.date().optional(),
  createdTo: z.date().optional(),
  activeFrom: z.date().optional(),
  activeTo: z.date().optional(),
});
export type AdminSessionFilter = z.infer<typeof AdminSessionFilter>;

/** `after` and `before` are `nextCursor` and `previousCursor` of a page in the same order; at most one of them. */
export const ListAdminSessionsInput = AdminSessionFilter.extend({
  ...Order,
  after: CursorText.optional(),
  before: CursorText.optional(),
  limit: z.number().int().min(1).max(ADMIN_PAGE_ROWS_MAX).default(50),
}).prefault({});
export type ListAdminSessionsInput = z.infer<typeof ListAdminSessionsInput>;

/** A session as administrators see it. `server`: where the conversation is; null before its first prompt. `heldBy`: the
 *  process that drives it now. */
export const AdminSessionRow = z.object({
  id: z.string(),
  title: z.string(),
  owner: z.object({ id: z.string(), login: z.string(), image: z.string().nullable() }),
  state: AdminSessionState,
  model: z.string().nullable(),
  server: z.string().nullable(),
  moveTo: z.string().nullable(),
  heldBy: z.string().nullable(),
  lastSeq: z.number().int(),
  turns: z.number().int(),
  onHold: z.boolean(),
  createdAt: z.date(),
  lastActivityAt: z.date(),
  archivedAt: z.date().nullable(),
});
export type AdminSessionRow = z.infer<typeof AdminSessionRow>;

/** `total` is exact up to `COUNTED_MAX`; that number says "at least so many". */
export const AdminSessionPage = z.object({
  items: z.array(AdminSessionRow),
  total: z.number().int(),
  nextCursor: z.string().nullable(),
  previousCursor: z.string().nullable(),
});
export type AdminSessionPage = z.infer<typeof AdminSessionPage>;

/** The rows of a CSV, `EXPORT_ROWS` a call: `after` is the `nextCursor` of the call before. */
export const ExportSessionsInput = AdminSessionFilter.extend({
  ...Order,
  after: CursorText.optional(),
}).prefault({});
export type ExportSessionsInput = z.infer<typeof ExportSessionsInput>;

/** `nextCursor` is null after the last row, or after `CSV_ROWS_MAX`. */
export const SessionExport = z.object({ items: z.array(AdminSessionRow), nextCursor: z.string().nullable() });
export type SessionExport = z.infer<typeof SessionExport>;

export const AdminSessionInput = z.object({ sessionId: SessionId });

/** A turn without its words. */
export const AdminTurn = z.object({
  turnId: z.string(),
  seq: z.number().int(),
  status: TurnStatus,
  model: z.string().nullable(),
  server: z.string().nullable(),
  code: z.string().nullable(),
  promptChars: z.number().int(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  firstTextAt: z.date().nullable(),
  endedAt: z.date().nullable(),
});
export type AdminTurn = z.infer<typeof AdminTurn>;

/** What the drawer shows: the row, its newest turns, who drives it, its sizes, its events by type. `bytes`: of the data
 *  of its events. `transcripts`: whether the operator lets administrators read conversations. */
export const AdminSessionDetails = z.object({
  session: AdminSessionRow,
  turns: z.array(AdminTurn),
  lease: z.object({
    fence: z.number().int(),
    owner: z.string().nullable(),
    expiresAt: z.date().nullable(),
    standby: z.string().nullable(),
  }),
  cliSession: z.string(),
  memoryFromSeq: z.number().int().nullable(),
  bytes: z.number().int(),
  events: z.array(z.object({ type: z.string(), count: z.number().int(), bytes: z.number().int() })),
  errors: z.array(z.object({ code: z.string(), count: z.number().int(), lastAt: z.date() })),
  hold: z.object({ reason: z.string(), by: z.string(), at: z.date() }).nullable(),
  transcripts: z.enum(["closed", "with-reason"]),
});
export type AdminSessionDetails = z.infer<typeof AdminSessionDetails>;

/** The first page needs the reason; it is in the audit log, and in the conversation for its owner to see. Later pages
 *  carry it again, and are not noted twice within ten minutes. */
export const ReadTranscriptInput = z.object({
  sessionId: SessionId,
  reason: Text.pipe(
    z
      .string()
      .trim()
      .min(REASON_CHARS_MIN, `Give a reason of at least ${REASON_CHARS_MIN} characters.`)
      .max(REASON_CHARS_MAX),
  ),
  afterSeq: z.number().int().min(0).max(SEQ_MAX).default(0),
});
export type ReadTranscriptInput = z.infer<typeof ReadTranscriptInput>;

export const Transcript = z.object({ events: z.array(WireEvent), lastSeq: z.number().int() });
export type Transcript = z.infer<typeof Transcript>;

export const AdminSessionIds = z.object({ ids: BulkIds });
/** `server`: the id of a CLI server of the fleet. */
export const MoveSessionsInput = z.object({ ids: BulkIds, server: z.string().trim().min(1).max(200) });
