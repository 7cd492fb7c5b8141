import type { ReactNode } from "react";
import { cn } from "../ui/cn";
import { Lamp } from "../ui/lamp";

const TONES = {
  caution: "border-caution/25 bg-caution-soft text-caution",
  accent: "bg-muted text-muted-foreground",
} as const;

type BannerProps = { tone: keyof typeof TONES; label: string; children: ReactNode };

/** A line on top of every page: something about this server that nobody should miss. */
export function Banner({ tone, label, children }: BannerProps) {
  return (
    <aside
      aria-label={label}
      className={cn(
        "flex shrink-0 items-center justify-center gap-2 border-b px-4 py-1 text-center text-xs",
        TONES[tone],
      )}
    >
      <Lamp tone={tone} small />
      {children}
    </aside>
  );
}
