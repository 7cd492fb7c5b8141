const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });
const ABSOLUTE = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How long ago, or until when, in its largest unit. */
export function relativeText(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1_000;
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return unit
    ? RELATIVE.format(Math.trunc(seconds / unit[1]), unit[0])
    : seconds > 0
      ? "in a moment"
      : "just now";
}

/** A moment as people say it; the exact one shows when pointed at. */
export function RelativeTime({ at, className }: { at: Date; className?: string }) {
  return (
    <time dateTime={at.toISOString()} title={ABSOLUTE.format(at)} className={className}>
      {relativeText(at, new Date())}
    </time>
  );
}
