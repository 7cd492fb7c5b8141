import type { ComponentProps } from "react";
import { cn } from "./cn";

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea
      className={cn(
        "block w-full min-w-0 resize-y rounded-lg border border-border-strong bg-raised px-3 py-2 text-sm placeholder:text-muted-foreground",
        "focus-visible:outline-offset-0 max-md:text-base",
        className,
      )}
      {...props}
    />
  );
}
