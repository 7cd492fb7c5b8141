import { cn } from "../ui/cn";
import { type Look, type Series, TONES, type Tone } from "./series";

const LOOKS: Record<Look, string> = {
  solid: "size-2 rounded-[2px] bg-current",
  hatched:
    "size-2 rounded-[2px] border border-current bg-[repeating-linear-gradient(-45deg,currentColor_0_1px,transparent_1px_3px)]",
  line: "h-0.5 w-3.25 bg-current",
  dashed: "h-0.5 w-3.25 bg-[repeating-linear-gradient(90deg,currentColor_0_5px,transparent_5px_8px)]",
};

/** A sample of how a series is drawn. */
export function Swatch({ tone, look }: { tone: Tone; look: Look }) {
  return <span aria-hidden className={cn("inline-block shrink-0", TONES[tone], LOOKS[look])} />;
}

/** Which mark is which; not said of one alone. */
export function Legend<Step>({ series }: { series: readonly Series<Step>[] }) {
  if (series.length < 2) return null;
  return (
    <ul aria-label="Legend" className="flex flex-wrap gap-x-3.5 gap-y-1 text-xs text-muted-foreground">
      {series.map(({ key, label, tone, look }) => (
        <li key={key} className="inline-flex items-center gap-1.5">
          <Swatch tone={tone} look={look} />
          {label}
        </li>
      ))}
    </ul>
  );
}
