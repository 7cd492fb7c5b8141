import { z } from "zod";
import { PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, SEQ_MAX } from "./ids";
import { Text } from "./text";

/** What can be asked for later, by what it was done to. */
export const AUDIT_ACTIONS = [
  ...["sign_in", "sign_in_refused", "sign_out", "access_refused"],
  ...[
    "person.role_changed",
    "person.disabled",
    "person.enabled",
    "person.signed_out",
    "person.limit_changed",
    "person.suspended",
    "person.restored",
    "person.token_used",
  ],
  ...[
    "session.stopped",
    "session.detached",
    "session.moved",
    "session.archived",
    "session.deleted",
    "session.read",
    "sessions.exported",
  ],
  ...["server.added", "server.drained", "server.resumed", "server.restarted", "server.removed"],
  ...["provider.added", "provider.changed", "provider.removed", "provider.tested"],
  ...["cleanup.changed", "cleanup.started", "cleanup.ended", "hold.set", "hold.lifted"],
  ...["token.created", "token.revoked"],
  "job.cancelled",
  ...["schedule.created", "schedule.changed", "schedule.paused", "schedule.resumed", "schedule.deleted"],
  "audit.exported",
] as const;
export const AuditAction = z.enum(AUDIT_ACTIONS);
export type AuditAction = z.infer<typeof AuditAction>;

export const AuditTargetType = z.enum([
  "person",
  "session",
  "procedure",
  "server",
  "cleanup",
  "token",
  "job",
  "schedule",
  "provider",
]);
export type AuditTargetType = z.infer<typeof AuditTargetType>;
export const AuditResult = z.enum(["ok", "refused", "failed"]);

const WORD_CHARS_MAX = 200;

/** `person` matches the beginning of who did it, by login; `target` is the id of what it was done to. */
export const AuditFilter = z.object({
  person: Text.pipe(z.string().trim().max(WORD_CHARS_MAX)).optional(),
  actions: z.array(AuditAction).max(AUDIT_ACTIONS.length).optional(),
  target: Text.pipe(z.string().trim().max(WORD_CHARS_MAX)).optional(),
  result: AuditResult.optional(),
  from: z.date().optional(),
  to: z.date().optional(),
});
export type AuditFilter = z.infer<typeof AuditFilter>;

export const ListAuditInput = AuditFilter.extend({
  /** The number of the last event seen. */
  cursor: z.number().int().min(1).max(SEQ_MAX).nullish(),
  limit: z.number().int().min(1).max(PAGE_ROWS_MAX).default(PAGE_ROWS_DEFAULT),
}).prefault({});
export type ListAuditInput = z.infer<typeof ListAuditInput>;

/** Most events of one page of an export. */
export const AUDIT_EXPORT_ROWS_MAX = 1_000;

/** A page of an export, oldest first. The page after number 0 is the first: it is an event itself, with the filter. */
export const ExportAuditInput = AuditFilter.extend({
  /** The number of the last event of the page before. */
  afterSeq: z.number().int().min(0).max(SEQ_MAX).default(0),
  limit: z.number().int().min(1).max(AUDIT_EXPORT_ROWS_MAX).default(AUDIT_EXPORT_ROWS_MAX),
}).prefault({});
export type ExportAuditInput = z.infer<typeof ExportAuditInput>;

/** One event. `actor` is null where nobody was signed in; without an `id` it is a part of the product. */
export const AuditEvent = z.object({
  seq: z.number().int(),
  at: z.date(),
  actor: z.object({ id: z.string().nullable(), name: z.string() }).nullable(),
  address: z.string().nullable(),
  action: z.string(),
  target: z.object({ type: z.string(), id: z.string(), name: z.string().nullable() }).nullable(),
  result: AuditResult,
  code: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  hash: z.string(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

export const AuditPage = z.object({ items: z.array(AuditEvent), nextCursor: z.number().int().nullable() });
export type AuditPage = z.infer<typeof AuditPage>;

/** `nextAfterSeq`: where the next page begins; null where this was the last. */
export const AuditExportPage = z.object({
  items: z.array(AuditEvent),
  nextAfterSeq: z.number().int().nullable(),
});
export type AuditExportPage = z.infer<typeof AuditExportPage>;
