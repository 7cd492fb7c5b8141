import type { ReactNode } from "react";
import { cn } from "./cn";

/** Says in a form or a dialog what did not work; read aloud at once. Nothing where nothing went wrong. */
export function ErrorNote({ children, className }: { children: ReactNode; className?: string }) {
  if (!children) return null;
  return (
    <p
      role="alert"
      className={cn("rounded-lg bg-danger-soft px-3 py-2 text-[0.8125rem] text-danger", className)}
    >
      {children}
    </p>
  );
}
