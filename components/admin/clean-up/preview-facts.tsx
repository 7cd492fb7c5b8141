import type { ReactNode } from "react";
import type { RetentionPreview } from "@/lib/contracts/retention";
import { RelativeTime } from "../../ui/relative-time";

type PreviewFactsProps = { preview: RetentionPreview; children?: ReactNode };

/** What would be deleted, in numbers and examples; `children` stand between these. */
export function PreviewFacts({ preview, children }: PreviewFactsProps) {
  const { sessions, people, events, isEstimate, exempt, samples } = preview;
  if (sessions === 0) {
    return (
      <>
        <p className="rounded-lg border bg-muted/50 px-3 py-2.5 text-[0.8125rem]">
          Nothing would go now. <Exempt exempt={exempt} />
        </p>
        {children}
      </>
    );
  }
  return (
    <>
      <dl className="grid grid-cols-3 divide-x rounded-lg border text-center">
        <Figure label={sessions === 1 ? "session" : "sessions"} value={sessions.toLocaleString("en")} />
        <Figure label={people === 1 ? "person" : "people"} value={people.toLocaleString("en")} />
        <Figure label="events" value={`${isEstimate ? "≈ " : ""}${events.toLocaleString("en")}`} />
      </dl>
      <p className="mt-2.5 text-[0.8125rem] text-muted-foreground">
        <Exempt exempt={exempt} />
      </p>
      {children}
      <h3 className="mt-4 mb-1 text-[0.8125rem] font-semibold">
        {samples.length < sessions ? `The oldest ${samples.length}` : "All of them"}
      </h3>
      <ul className="divide-y">
        {samples.map(({ id, title, owner, lastActivityAt }) => (
          <li key={id} className="flex items-baseline gap-3 py-1.5 text-[0.8125rem]">
            <span className="min-w-0 flex-1 truncate">{title}</span>
            <span className="max-w-28 shrink-0 truncate text-muted-foreground">{owner}</span>
            <RelativeTime
              at={lastActivityAt}
              className="w-20 shrink-0 text-right whitespace-nowrap text-muted-foreground"
            />
          </li>
        ))}
      </ul>
    </>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div className="flex flex-col-reverse px-2 py-2.5">
      <dt className="text-xs text-muted-foreground">{label}</dt>
      <dd className="truncate text-lg font-semibold tabular-nums">{value}</dd>
    </div>
  );
}

function Exempt({ exempt: { onHold, active } }: Pick<RetentionPreview, "exempt">) {
  if (onHold === 0 && active === 0) return "Nothing that matches is on hold or answering.";
  const kept = [
    ...(onHold > 0 ? [`${onHold.toLocaleString("en")} on hold`] : []),
    ...(active > 0 ? [`${active.toLocaleString("en")} answering now`] : []),
  ];
  return `Kept although ${onHold + active === 1 ? "it matches" : "they match"}: ${kept.join(", ")}.`;
}
