"use client";

import { TriangleAlert } from "lucide-react";
import type { OutboxEntry } from "@/client/prompts/prompt-outbox";
import { Button } from "../ui/button";
import { PromptBubble } from "./prompt-bubble";
import { WorkingLine } from "./working-line";

/** A prompt that the server has not confirmed yet, or could not take. */
export function UnsentPrompt({
  entry,
  onResend,
  onEdit,
}: {
  entry: OutboxEntry;
  onResend(): void;
  onEdit(): void;
}) {
  return (
    <article aria-label="Your prompt, on its way" data-turn-status={entry.error ? "unsent" : "sending"}>
      <PromptBubble text={entry.prompt}>
        {entry.error && (
          <div role="alert" className="mt-2 flex flex-col items-end gap-2 text-right text-sm">
            <p className="flex items-start gap-2 text-danger">
              <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
              <span>Not sent. {entry.error.message}</span>
            </p>
            <div className="flex gap-2">
              <Button size="sm" onClick={onEdit}>
                Edit
              </Button>
              <Button size="sm" variant="primary" onClick={onResend}>
                Try again
              </Button>
            </div>
          </div>
        )}
      </PromptBubble>
      {!entry.error && <WorkingLine text="Sending…" quiet />}
    </article>
  );
}
