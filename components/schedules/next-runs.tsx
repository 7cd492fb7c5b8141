type NextRunsProps = { words: string; nextRuns: readonly Date[]; timeZone: string };

const formatOf = (timeZone: string) =>
  new Intl.DateTimeFormat("en", {
    ...{ weekday: "short", month: "short", day: "numeric", year: "numeric" },
    ...{ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone },
  });

/** When a schedule runs: in words, and as its next moments on the clocks of its time zone. */
export function NextRuns({ words, nextRuns, timeZone }: NextRunsProps) {
  const format = formatOf(timeZone);
  return (
    <div className="rounded-lg border bg-muted/50 px-3 py-2 text-[0.8125rem]">
      <p className="font-medium">{words}</p>
      <ol aria-label="Next runs" className="mt-1 text-muted-foreground tabular-nums">
        {nextRuns.map((at) => (
          <li key={at.toISOString()}>
            <time dateTime={at.toISOString()}>{format.format(at)}</time>
          </li>
        ))}
      </ol>
    </div>
  );
}
