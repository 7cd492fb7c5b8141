import { cn } from "../ui/cn";
import { Lamp } from "../ui/lamp";

/** Shown from the prompt until the first word of the answer. `quiet`: only after a moment, so that what is
 *  usually over at once does not flash. */
export function WorkingLine({
  text,
  quiet = false,
  caution = false,
}: {
  text: string;
  quiet?: boolean;
  caution?: boolean;
}) {
  return (
    <p
      className={cn(
        "mt-6 flex min-h-7 items-center gap-2.5 text-sm text-muted-foreground",
        quiet && "animate-in delay-300 duration-300 fill-mode-both fade-in-0",
        caution && "text-caution",
      )}
    >
      <Lamp tone={caution ? "caution" : "accent"} blinking />
      {text}
    </p>
  );
}
