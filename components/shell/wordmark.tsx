import { cn } from "../ui/cn";

/** The attitude indicator: sky, ground, and the small fixed wings of the aircraft. */
export function HorizonMark({ className = "size-6" }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={cn("shrink-0", className)}>
      <circle cx="16" cy="16" r="14.25" className="fill-accent-soft" />
      <path d="M2.2 19.4 29.8 12.6A14.25 14.25 0 1 1 2.2 19.4Z" className="fill-accent" />
      <circle cx="16" cy="16" r="14.25" fill="none" strokeWidth="1.5" className="stroke-accent" />
      <path
        d="M5.6 16h6.2M20.2 16h6.2"
        fill="none"
        strokeWidth="2.6"
        strokeLinecap="round"
        className="stroke-wing"
      />
      <circle cx="16" cy="16" r="2" className="fill-wing" />
    </svg>
  );
}

export function Wordmark({ className }: { className?: string }) {
  return (
    <span
      className={cn("flex items-center gap-2 text-[0.9688rem] font-semibold tracking-[-0.015em]", className)}
    >
      <HorizonMark />
      Flightdeck
    </span>
  );
}
