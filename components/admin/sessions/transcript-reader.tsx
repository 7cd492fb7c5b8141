"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import { reduceEvents } from "@/client/events/reduce";
import { EMPTY_TRANSCRIPT, type Transcript } from "@/client/events/transcript";
import { useTRPC } from "@/client/trpc";
import { REASON_CHARS_MAX, REASON_CHARS_MIN } from "@/lib/contracts/admin-sessions";
import { Markdown } from "../../chat/markdown/markdown";
import { PromptBubble } from "../../chat/prompt-bubble";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { ErrorNote } from "../../ui/error-note";
import { SidePanel } from "../../ui/side-panel";

/** Another person's conversation, once there is a written reason to read it. */
export function TranscriptReader({ sessionId, onClose }: { sessionId: string; onClose(): void }) {
  const trpc = useTRPC();
  const { mutateAsync: read } = useMutation(trpc.admin.sessions.transcript.mutationOptions());
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [transcript, setTranscript] = useState<Transcript | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      let whole = EMPTY_TRANSCRIPT;
      let afterSeq = 0;
      for (;;) {
        const page = await read({ sessionId, reason, afterSeq });
        whole = reduceEvents(whole, page.events);
        const last = page.events.at(-1)?.seq ?? page.lastSeq;
        if (last >= page.lastSeq || last <= afterSeq) break;
        afterSeq = last;
      }
      setTranscript(whole);
    } catch (caught) {
      setError(clientErrorOf(caught).message);
    } finally {
      setBusy(false);
    }
  };

  if (transcript) {
    return (
      <SidePanel
        open
        onOpenChange={onClose}
        title="Conversation"
        description={`Read with the reason: ${reason.trim()}`}
      >
        <div className="space-y-8">
          {transcript.turns.map((turn) => (
            <article key={turn.turnId}>
              <PromptBubble text={turn.prompt} />
              <div className="mt-4 space-y-3">
                {turn.parts
                  .filter((part) => part.kind === "message")
                  .map((part) => (
                    <Markdown key={part.id} text={part.text} streaming={false} />
                  ))}
                {turn.failure?.code && (
                  <code className="font-mono text-xs text-danger">{turn.failure.code}</code>
                )}
              </div>
            </article>
          ))}
          {transcript.turns.length === 0 && (
            <p className="text-[0.8125rem] text-muted-foreground">Nobody has asked anything here yet.</p>
          )}
        </div>
      </SidePanel>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Why do you need to read it?"
      description="Your name and the reason go into the audit log, and into the conversation, where its owner sees them."
    >
      <form onSubmit={(event) => void submit(event)}>
        <textarea
          aria-label="Reason"
          required
          minLength={REASON_CHARS_MIN}
          maxLength={REASON_CHARS_MAX}
          rows={3}
          placeholder="Support ticket 4711: answers stop half-way"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          className="w-full resize-y rounded-lg border border-border-strong bg-raised px-3 py-2 text-sm placeholder:text-muted-foreground max-md:text-base"
        />
        <ErrorNote className="mt-2">{error}</ErrorNote>
        <div className="mt-4 flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy || reason.trim().length < REASON_CHARS_MIN}>
            Read
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
