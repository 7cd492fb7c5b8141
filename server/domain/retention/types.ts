import type {
  ListRunsInput,
  PreviewRetentionInput,
  RetentionPreview,
  RetentionRun,
  RetentionRuns,
  Retention as RetentionState,
  UpdateRetentionInput,
} from "@/lib/contracts/retention";
import type { Actor } from "@/server/platform/scope";

/** Which sessions are deleted by themselves, and when that was done. */
export type Retention = {
  get(): Promise<RetentionState>;
  /** Replaces all rules, or sets or lifts a hold; all or nothing, each with its line in the audit log. Once it has answered,
   *  nothing that is on hold is deleted any more, also by a run under way, and nothing by a rule that was replaced. Throws
   *  `session_not_found` or `person_not_found` where there is nothing to hold. Lifting what is not held changes nothing. */
  update(actor: Actor, input: UpdateRetentionInput): Promise<RetentionState>;
  /** What a run would delete now. Changes nothing. */
  preview(input: PreviewRetentionInput): Promise<RetentionPreview>;
  /** Starts a run; where one is under way, that is the answer. Safe to call twice and at once, in any process. */
  run(actor: Actor): Promise<RetentionRun>;
  /** Newest first. */
  runs(input: ListRunsInput): Promise<RetentionRuns>;
};

/** The bell's topic for every process that runs turns: a run was started. */
export const CLEANUP_TOPIC = "cleanup";

/** Who acts where nobody asked for it, as the audit log names it. */
export const CLEANUP_ACTOR = { kind: "system", name: "clean-up" } as const;
