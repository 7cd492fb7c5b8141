import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn";

/** What should not be overlooked before going on. */
export function Warning({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <p
      className={cn(
        "flex gap-2.5 rounded-lg bg-caution-soft px-3 py-2 text-[0.8125rem] text-caution",
        className,
      )}
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0">{children}</span>
    </p>
  );
}
