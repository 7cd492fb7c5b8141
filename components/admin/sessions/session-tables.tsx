import type { AdminSessionDetails, AdminTurn } from "@/lib/contracts/admin-sessions";
import { PanelSection } from "../../ui/facts";
import { Lamp } from "../../ui/lamp";
import { RelativeTime } from "../../ui/relative-time";
import { bytesText, durationText } from "../../ui/units";

const TONES = {
  queued: "caution",
  running: "accent",
  succeeded: "ok",
  failed: "danger",
  aborted: "idle",
} as const;
const CELL = "py-1.5 pr-3 last:pr-0";

function spanOf({ createdAt, firstTextAt, endedAt }: AdminTurn): string {
  const parts = [
    ...(firstTextAt ? [`first text ${durationText(firstTextAt.getTime() - createdAt.getTime())}`] : []),
    ...(endedAt ? [`all ${durationText(endedAt.getTime() - createdAt.getTime())}`] : []),
  ];
  return parts.join(", ");
}

/** The newest turns of a session, its failures, and what its log consists of. */
export function SessionTables({ details: { turns, errors, events } }: { details: AdminSessionDetails }) {
  return (
    <>
      <PanelSection title="Newest turns">
        {turns.length === 0 ? (
          <p className="text-[0.8125rem] text-muted-foreground">Nobody has asked anything here yet.</p>
        ) : (
          <ul className="divide-y text-[0.8125rem]">
            {turns.map((turn) => (
              <li key={turn.turnId} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-1.5">
                <span className="inline-flex items-center gap-1.5">
                  <Lamp tone={TONES[turn.status]} small blinking={turn.status === "running"} />
                  {turn.status}
                </span>
                <span className="text-muted-foreground">
                  {turn.promptChars.toLocaleString("en")} characters
                </span>
                <span className="text-muted-foreground">{spanOf(turn)}</span>
                <RelativeTime at={turn.createdAt} className="ml-auto text-muted-foreground" />
                {turn.code && <code className="w-full pl-3 font-mono text-xs text-danger">{turn.code}</code>}
              </li>
            ))}
          </ul>
        )}
      </PanelSection>
      {errors.length > 0 && (
        <PanelSection title="Failures">
          <ul className="divide-y text-[0.8125rem]">
            {errors.map(({ code, count, lastAt }) => (
              <li key={code} className="flex items-baseline gap-3 py-1.5">
                <code className="font-mono text-xs">{code}</code>
                <span className="text-muted-foreground">{count.toLocaleString("en")} times</span>
                <span className="ml-auto text-muted-foreground">
                  last <RelativeTime at={lastAt} />
                </span>
              </li>
            ))}
          </ul>
        </PanelSection>
      )}
      {events.length > 0 && (
        <PanelSection title="Events by type">
          <table className="w-full text-left text-[0.8125rem]">
            <thead className="text-muted-foreground">
              <tr className="border-b">
                <th scope="col" className={`${CELL} font-medium`}>
                  Type
                </th>
                <th scope="col" className={`${CELL} text-right font-medium`}>
                  Events
                </th>
                <th scope="col" className={`${CELL} text-right font-medium`}>
                  Size
                </th>
              </tr>
            </thead>
            <tbody className="divide-y">
              {events.map(({ type, count, bytes }) => (
                <tr key={type}>
                  <td className={`${CELL} font-mono text-xs`}>{type}</td>
                  <td className={`${CELL} text-right tabular-nums`}>{count.toLocaleString("en")}</td>
                  <td className={`${CELL} text-right tabular-nums`}>{bytesText(bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </PanelSection>
      )}
    </>
  );
}
