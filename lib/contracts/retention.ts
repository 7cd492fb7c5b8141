import { z } from "zod";
import { PAGE_ROWS_MAX } from "./ids";
import { Role } from "./roles";
import { Text } from "./text";

export const RETENTION_RULES_MAX = 50;
export const RETENTION_DAYS_MAX = 3_650;
const REASON_CHARS_MAX = 500;

/** For how long what must hold: `age`, it exists; `idle`, nothing happened in it; `archived`, it is; `never_used`, it
 *  exists without a prompt. */
export const RetentionKind = z.enum(["age", "idle", "archived", "never_used"]);
export type RetentionKind = z.infer<typeof RetentionKind>;

/** `role`: of whose sessions; null: everybody's. */
export const RetentionRule = z.object({
  kind: RetentionKind,
  role: Role.nullable(),
  days: z.number().int().min(1).max(RETENTION_DAYS_MAX),
  enabled: z.boolean(),
});
export type RetentionRule = z.infer<typeof RetentionRule>;

export const RetentionHold = z.object({
  targetType: z.enum(["session", "person"]),
  targetId: z.uuid(),
  reason: Text.pipe(z.string().trim().min(1, "Say why it is held.").max(REASON_CHARS_MAX)),
});
export type RetentionHold = z.infer<typeof RetentionHold>;

/** A hold as it is shown. `name`: the session's title or the person's login; null where it is gone. */
export const HoldRow = RetentionHold.extend({
  name: z.string().nullable(),
  heldBy: z.string(),
  heldAt: z.date(),
});
export type HoldRow = z.infer<typeof HoldRow>;

/** `nextRunAt`: null where no rule is enabled. */
export const Retention = z.object({
  rules: z.array(RetentionRule.extend({ id: z.string() })),
  holds: z.array(HoldRow),
  nextRunAt: z.date().nullable(),
});
export type Retention = z.infer<typeof Retention>;

/** `rules` replaces all rules; `hold` and `lift` change one hold. What stays out is not changed. */
export const UpdateRetentionInput = z.object({
  rules: z.array(RetentionRule).max(RETENTION_RULES_MAX).optional(),
  hold: RetentionHold.optional(),
  lift: RetentionHold.pick({ targetType: true, targetId: true }).optional(),
});
export type UpdateRetentionInput = z.infer<typeof UpdateRetentionInput>;

/** Unset: the stored rules. */
export const PreviewRetentionInput = z
  .object({ rules: z.array(RetentionRule).max(RETENTION_RULES_MAX).optional() })
  .prefault({});

export type PreviewRetentionInput = z.infer<typeof PreviewRetentionInput>;

/** What would go now by the rules that are enabled. `rules`: how many each rule matches, enabled or not, in the order
 *  given; a session may match several. `exempt`: kept by a hold, or because a turn is under way. `isEstimate`: `events` is
 *  estimated, because there are many. `samples`: the oldest. */
export const RetentionPreview = z.object({
  sessions: z.number().int(),
  people: z.number().int(),
  events: z.number().int(),
  isEstimate: z.boolean(),
  exempt: z.object({ onHold: z.number().int(), active: z.number().int() }),
  rules: z.array(z.object({ sessions: z.number().int() })),
  samples: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      owner: z.string(),
      lastActivityAt: z.date(),
      createdAt: z.date(),
    }),
  ),
});
export type RetentionPreview = z.infer<typeof RetentionPreview>;

/** `startedBy`: a login; null: the schedule. */
export const RetentionRun = z.object({
  id: z.string(),
  state: z.enum(["running", "completed", "failed"]),
  startedBy: z.string().nullable(),
  startedAt: z.date(),
  endedAt: z.date().nullable(),
  sessions: z.number().int(),
  events: z.number().int(),
  orphanFiles: z.number().int(),
  orphanRows: z.number().int(),
  longestBatchMs: z.number().int(),
  error: z.string().nullable(),
});
export type RetentionRun = z.infer<typeof RetentionRun>;

export const ListRunsInput = z
  .object({ limit: z.number().int().min(1).max(PAGE_ROWS_MAX).default(20) })
  .prefault({});
export type ListRunsInput = z.infer<typeof ListRunsInput>;
export const RetentionRuns = z.object({ items: z.array(RetentionRun) });
export type RetentionRuns = z.infer<typeof RetentionRuns>;
