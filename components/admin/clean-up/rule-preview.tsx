import type { RetentionPreview, RetentionRule } from "@/lib/contracts/retention";
import { countText } from "../../ui/units";
import { ruleText } from "./rule-words";

/** How many sessions each of the rules matches. */
export function RulePreview({ rules, preview }: { rules: RetentionRule[]; preview: RetentionPreview }) {
  if (rules.length === 0) return null;
  const lines = rules.map((rule, n) => ({
    ...{ text: ruleText(rule), enabled: rule.enabled, id: `${n} ${ruleText(rule)}` },
    sessions: preview.rules[n]?.sessions ?? 0,
  }));
  return (
    <>
      <h3 className="mt-4 mb-1 text-[0.8125rem] font-semibold">Rule by rule</h3>
      <ul className="divide-y">
        {lines.map(({ id, text, enabled, sessions }) => (
          <li key={id} className="flex items-baseline justify-between gap-3 py-1.5 text-[0.8125rem]">
            <span className={enabled ? undefined : "text-muted-foreground"}>
              {text}
              {!enabled && " (off)"}
            </span>
            <span className="shrink-0 tabular-nums">{countText(sessions, "session")}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
