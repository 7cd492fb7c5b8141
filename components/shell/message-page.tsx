import type { ReactNode } from "react";
import { Button } from "../ui/button";
import { Wordmark } from "./wordmark";

/** A page that only says one thing; `children` is the one thing to do next. */
export function MessagePage({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-3 px-6 text-center">
      <Wordmark className="mb-6" />
      <h1 className="text-xl font-semibold tracking-tight text-balance">{title}</h1>
      <p className="max-w-sm text-sm text-muted-foreground">{text}</p>
      <Button asChild variant="primary" className="mt-4">
        {children}
      </Button>
    </main>
  );
}
