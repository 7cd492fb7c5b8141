"use client";

import { useEffect, useRef, useState } from "react";
import { useSessionRoute } from "@/client/hooks/use-session-route";
import { type SessionSnapshot, useSeededSession } from "@/client/hooks/use-session-watch";
import { ComposerDock } from "./composer-dock";
import { SessionView } from "./session-view";
import { StartView } from "./start-view";

type WorkspaceProps = {
  /** The session of this page, where the server sends it along. */
  snapshot?: SessionSnapshot | null;
  /** Of the page's Content-Security-Policy, for what has to happen before the first paint. */
  nonce?: string;
};

/** The main area: the start page or one session. The composer is the same element in both, so the first prompt
 *  of a session neither loses focus nor makes the page flash. */
export function Workspace({ snapshot = null, nonce }: WorkspaceProps) {
  useSeededSession(snapshot);
  const sessionId = useSessionRoute();
  const promptRef = useRef<HTMLTextAreaElement>(null);
  const [pickerOpen, setPickerOpen] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another session is the reason to run again
  useEffect(() => {
    // On touch screens focus would bring up the keyboard over what the person came to read.
    if (window.matchMedia("(pointer: fine)").matches) promptRef.current?.focus();
  }, [sessionId]);

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {sessionId === null ? (
        <StartView part="greeting" promptRef={promptRef} />
      ) : (
        <SessionView
          key={sessionId}
          sessionId={sessionId}
          onPickModel={() => setPickerOpen(true)}
          promptRef={promptRef}
          nonce={nonce}
        />
      )}
      <ComposerDock
        sessionId={sessionId}
        promptRef={promptRef}
        pickerOpen={pickerOpen}
        onPickerOpenChange={setPickerOpen}
      />
      {sessionId === null && <StartView part="suggestions" promptRef={promptRef} />}
    </div>
  );
}
