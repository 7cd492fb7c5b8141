import type { Overview } from "@/lib/contracts/overview";
import { ChartCard } from "../../charts/chart-card";
import { counted, countText, shareText } from "../../charts/numbers";
import { TABLE_CELL, TABLE_HEAD } from "../../charts/step-table";
import { failureLabel, failureMessage } from "./failure-labels";

type Failures = Overview["failures"];

/** Failed turns by cause, the most frequent first. */
export function FailuresChart({ failures, turns }: { failures: Failures; turns: number }) {
  const failed = failures.reduce((sum, { turns }) => sum + turns, 0);
  return (
    <ChartCard
      title="Failures by cause"
      total={countText(failed)}
      note={`${shareText(failed, turns)} of all turns`}
      chart={
        failed === 0 ? (
          <p className="flex h-full items-center justify-center text-[0.8125rem] text-muted-foreground">
            No turn failed.
          </p>
        ) : (
          <Bars failures={failures} failed={failed} />
        )
      }
      table={<Table failures={failures} failed={failed} />}
    />
  );
}

type PartProps = { failures: Failures; failed: number };

function Bars({ failures, failed }: PartProps) {
  const most = Math.max(...failures.map(({ turns }) => turns));
  const [worst] = failures;
  const summary = `${counted(failed, "failed turn")} by cause${worst ? `, most of them: ${failureLabel(worst.code)}` : ""}.`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section aria-label={summary} tabIndex={0} className="-mx-1 h-full overflow-y-auto px-1">
      <ol className="space-y-0.5">
        {failures.map(({ code, turns }) => (
          <li
            key={code}
            title={failureMessage(code) ?? undefined}
            className="relative flex h-6 items-center gap-3 px-2 text-xs"
          >
            <div
              aria-hidden
              className="absolute inset-y-0 left-0 rounded-sm border-l-2 border-danger bg-danger/18"
              style={{ width: `${(100 * turns) / most}%` }}
            />
            <span className="relative min-w-0 flex-1 truncate">{failureLabel(code)}</span>
            <span className="relative font-medium tabular-nums">{countText(turns)}</span>
            <span className="relative w-10 text-right text-muted-foreground tabular-nums">
              {shareText(turns, failed)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Table({ failures, failed }: PartProps) {
  return (
    <table aria-label="Failures by cause" className="w-full text-left text-xs">
      <thead>
        <tr>
          <th scope="col" className={TABLE_HEAD}>
            Cause, and what people are told
          </th>
          <th scope="col" className={`${TABLE_HEAD} text-right`}>
            Turns
          </th>
          <th scope="col" className={`${TABLE_HEAD} text-right`}>
            Share
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-border/60 border-t align-top">
        {failures.map(({ code, turns }) => (
          <tr key={code}>
            <th scope="row" className={`${TABLE_CELL} font-normal`}>
              {failureLabel(code)}
              <span className="block text-muted-foreground">{failureMessage(code)}</span>
            </th>
            <td className={`${TABLE_CELL} text-right`}>{countText(turns)}</td>
            <td className={`${TABLE_CELL} text-right`}>{shareText(turns, failed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
