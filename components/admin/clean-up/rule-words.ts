import { type RetentionKind, RetentionRule } from "@/lib/contracts/retention";
import type { Role } from "@/lib/contracts/roles";

/** A rule while it is edited: its days are what was typed. `key`: which line it is, whatever is in it. */
export type DraftRule = Omit<RetentionRule, "days"> & { key: string; days: string };

export const KIND_OPTIONS = [
  { value: "idle", label: "idle for" },
  { value: "archived", label: "archived for" },
  { value: "never_used", label: "without a prompt for" },
  { value: "age", label: "older than" },
] as const satisfies readonly { value: RetentionKind; label: string }[];

const EVERYBODY = "everybody";
export const WHOSE_OPTIONS = [
  { value: EVERYBODY, label: "Everybody's" },
  { value: "user", label: "Users'" },
  { value: "auditor", label: "Auditors'" },
  { value: "admin", label: "Admins'" },
] as const;
type Whose = (typeof WHOSE_OPTIONS)[number]["value"];

export const whoseOf = (role: Role | null): Whose => role ?? EVERYBODY;
export const roleOf = (whose: Whose): Role | null => (whose === EVERYBODY ? null : whose);

/** A rule in words, as in "Users' sessions archived for 30 days". */
export function ruleText({ kind, role, days }: Pick<RetentionRule, "kind" | "role" | "days">): string {
  const whose = WHOSE_OPTIONS.find(({ value }) => value === whoseOf(role))?.label;
  const what = KIND_OPTIONS.find(({ value }) => value === kind)?.label;
  return `${whose} sessions ${what} ${days} ${days === 1 ? "day" : "days"}`;
}

/** The rules of the drafts, or null where one is not complete. */
export function rulesOf(drafts: readonly DraftRule[]): RetentionRule[] | null {
  const parsed = drafts.map(({ key, days, ...rule }) =>
    RetentionRule.safeParse({ ...rule, days: daysOf(days) }),
  );
  const rules = parsed.flatMap((result) => (result.success ? [result.data] : []));
  return rules.length === drafts.length ? rules : null;
}

/** The days that were typed; NaN where that is no number. */
export const daysOf = (typed: string): number => (typed.trim() === "" ? Number.NaN : Number(typed));

/** Whether the drafts say what is stored. */
export function isSame(drafts: readonly DraftRule[], stored: readonly RetentionRule[]): boolean {
  return (
    drafts.length === stored.length &&
    drafts.every(({ kind, role, days, enabled }, n) => {
      const rule = stored[n];
      return (
        rule?.kind === kind && rule.role === role && rule.days === daysOf(days) && rule.enabled === enabled
      );
    })
  );
}
