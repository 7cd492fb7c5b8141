import type { ComponentProps } from "react";
import { cn } from "./cn";

export function Badge({ className, ...props }: ComponentProps<"span">) {
  return (
    <span
      className={cn(
        "inline-flex items-center rounded-full border px-1.5 py-px text-[0.6875rem] leading-4 font-medium text-muted-foreground",
        className,
      )}
      {...props}
    />
  );
}
