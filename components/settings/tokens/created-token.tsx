"use client";

import { useEffect, useRef } from "react";
import type { NewToken } from "@/lib/contracts/tokens";
import { Button } from "../../ui/button";
import { CommandLine } from "./command-line";
import { tryingLine } from "./token-words";

/** A token that was just made, for the only time. It has the focus, and stays until it was put away. */
export function CreatedToken({ token: { name, token }, onDone }: { token: NewToken; onDone(): void }) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.focus(), []);
  return (
    <section
      ref={panel}
      tabIndex={-1}
      aria-labelledby="created-token"
      className="m-4 space-y-3 rounded-xl border border-accent/40 bg-accent-soft p-4 outline-none md:mx-6"
    >
      <div>
        <h2 id="created-token" className="text-sm font-semibold break-words">
          Copy “{name}” now
        </h2>
        <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">
          It is shown this once: Flightdeck keeps only a fingerprint of it. Whoever has it can do what it is
          for.
        </p>
      </div>
      <CommandLine text={token} label="Copy the token" />
      <p className="text-[0.8125rem] text-muted-foreground">Try it:</p>
      <CommandLine text={tryingLine(window.location.origin, token)} label="Copy the command" />
      <Button size="sm" onClick={onDone}>
        Done
      </Button>
    </section>
  );
}
