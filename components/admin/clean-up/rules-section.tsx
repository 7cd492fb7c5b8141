"use client";

import { Plus, Recycle } from "lucide-react";
import { RETENTION_RULES_MAX, type Retention, type RetentionRule } from "@/lib/contracts/retention";
import { Button } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { RelativeTime } from "../../ui/relative-time";
import { Skeleton } from "../../ui/skeleton";
import { useMayChange } from "../use-may-change";
import { RuleLine } from "./rule-line";
import { type DraftRule, isSame, rulesOf, ruleText } from "./rule-words";
import { Section } from "./section";
import { useRuleDrafts } from "./use-rule-drafts";

/** What a rule begins with; the first ones are offered where there is none yet. */
const SUGGESTED: readonly RetentionRule[] = [
  { kind: "idle", role: null, days: 180, enabled: true },
  { kind: "archived", role: null, days: 30, enabled: true },
  { kind: "never_used", role: null, days: 7, enabled: true },
];
const [FIRST] = SUGGESTED;

let made = 0;
function draftOf(rule: RetentionRule): DraftRule {
  made += 1;
  const { kind, role, days, enabled } = rule;
  return { key: `new-${made}`, kind, role, days: String(days), enabled };
}

const draftsOf = (stored: Retention["rules"]): DraftRule[] =>
  stored.map((rule) => ({ ...draftOf(rule), key: rule.id }));

type RulesSectionProps = {
  retention: Retention | undefined;
  /** Asks whether these are to be the rules; `onSaved` is called once they are. */
  onSave(rules: RetentionRule[], onSaved: () => void): void;
};

/** The rules, to read and to edit. What is edited is not in force before it was saved. */
export function RulesSection({ retention, onSave }: RulesSectionProps) {
  const mayChange = useMayChange();
  // Null: nothing is being edited, and what is stored shows.
  const { edited, setEdited } = useRuleDrafts();
  const stored = retention?.rules;
  const drafts = edited ?? (stored ? draftsOf(stored) : undefined);
  const isChanged = edited !== null && stored !== undefined && !isSame(edited, stored);
  const rules = drafts && rulesOf(drafts);

  const change = (key: string, part: Partial<DraftRule>) =>
    setEdited(drafts?.map((rule) => (rule.key === key ? { ...rule, ...part } : rule)) ?? null);
  const add = (rule: RetentionRule) => setEdited([...(drafts ?? []), draftOf(rule)]);

  return (
    <Section
      title="Rules"
      text={
        <>
          A session that any rule in force names is deleted: its conversation, what it attached, and its files
          on the CLI servers. <NextRun retention={retention} />
        </>
      }
      actions={
        mayChange &&
        drafts &&
        drafts.length > 0 &&
        drafts.length < RETENTION_RULES_MAX &&
        FIRST && (
          <Button
            size="sm"
            onClick={() =>
              add(SUGGESTED.find(({ kind }) => !drafts.some((rule) => rule.kind === kind)) ?? FIRST)
            }
          >
            <Plus aria-hidden className="size-4" />
            Add rule
          </Button>
        )
      }
    >
      {drafts === undefined && <RulesSkeleton />}
      {drafts?.length === 0 && (
        <EmptyState
          icon={<Recycle />}
          title="Nothing is deleted by itself"
          text="Sessions pile up: each keeps its conversation here and its files on a CLI server. A rule says which ones go. You see what it would delete before it is in force."
        >
          {mayChange && (
            <span className="flex flex-wrap justify-center gap-2">
              {SUGGESTED.map((rule) => (
                <Button key={rule.kind} size="sm" onClick={() => add(rule)}>
                  <Plus aria-hidden className="size-4" />
                  {ruleText(rule).replace("Everybody's sessions ", "")}
                </Button>
              ))}
            </span>
          )}
        </EmptyState>
      )}
      {drafts && drafts.length > 0 && (
        <ul className="mx-4 mb-4 divide-y rounded-lg border md:mx-6">
          {drafts.map((rule, index) => (
            <RuleLine
              key={rule.key}
              rule={rule}
              number={index + 1}
              mayChange={mayChange}
              onChange={(part) => change(rule.key, part)}
              onRemove={() => setEdited(drafts.filter(({ key }) => key !== rule.key))}
            />
          ))}
        </ul>
      )}
      {isChanged && (
        <div className="sticky bottom-0 flex flex-wrap items-center justify-end gap-2 border-t bg-background px-4 py-2.5 md:px-6">
          <p className="min-w-0 flex-1 text-[0.8125rem] text-muted-foreground">
            {rules ? "Not saved yet." : "Each rule needs a number of days, from 1 to 3,650."}
          </p>
          <Button size="sm" onClick={() => setEdited(null)}>
            Discard
          </Button>
          <Button
            size="sm"
            variant="primary"
            disabled={!rules}
            onClick={() => rules && onSave(rules, () => setEdited(null))}
          >
            Preview and save
          </Button>
        </div>
      )}
    </Section>
  );
}

function NextRun({ retention }: { retention: Retention | undefined }) {
  if (!retention || retention.rules.length === 0) return null;
  if (!retention.nextRunAt) return "No rule is in force, so no run is scheduled.";
  return (
    <>
      Runs once a day, next <RelativeTime at={retention.nextRunAt} className="text-foreground" />.
    </>
  );
}

function RulesSkeleton() {
  return (
    <div className="mx-4 mb-4 space-y-3 rounded-lg border p-3 md:mx-6">
      <Skeleton className="h-8 w-full max-w-lg" />
      <Skeleton className="h-8 w-full max-w-md" />
    </div>
  );
}
