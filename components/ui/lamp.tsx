import { cn } from "./cn";

const TONES = {
  accent: "bg-accent",
  ok: "bg-ok",
  caution: "bg-caution",
  danger: "bg-danger",
  idle: "bg-border-strong",
} as const;

/** A small status light, as on an annunciator panel. Decorative: say the state in text beside it. */
export function Lamp({
  tone,
  small = false,
  blinking = false,
  className,
}: {
  tone: keyof typeof TONES;
  small?: boolean;
  blinking?: boolean;
  className?: string;
}) {
  return (
    <span
      aria-hidden
      className={cn(
        "inline-block shrink-0 rounded-full",
        small ? "size-1.5" : "size-2",
        TONES[tone],
        blinking && "animate-lamp",
        className,
      )}
    />
  );
}
