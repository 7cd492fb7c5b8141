import type { ComponentProps } from "react";
import { cn } from "./cn";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return (
    <input
      className={cn(
        "h-9 w-full min-w-0 rounded-lg border border-border-strong bg-raised px-3 text-sm placeholder:text-muted-foreground",
        "focus-visible:outline-offset-0 max-md:text-base",
        className,
      )}
      {...props}
    />
  );
}
