"use client";

import { ArrowUp, Square } from "lucide-react";
import { type KeyboardEvent, type ReactNode, type RefObject, useLayoutEffect, useRef } from "react";
import { PROMPT_CHARS_MAX } from "@/client/limits";
import { cn } from "../ui/cn";
import { IconButton } from "../ui/icon-button";
import { useDraft } from "./use-draft";

/** From this length on the composer says how much room is left. */
const COUNTER_FROM_CHARS = 90_000;

type ComposerProps = {
  /** Where the draft is kept: a session's id, or the start page's. */
  draftId: string;
  promptRef: RefObject<HTMLTextAreaElement | null>;
  placeholder: string;
  /** An answer is running: Stop takes the place of Send. */
  answering: boolean;
  stopping: boolean;
  busy: boolean;
  /** Answers whether the text was taken; only then the field is emptied. */
  onSubmit(prompt: string): boolean;
  onStop(): void;
  children: ReactNode;
};

export function Composer(props: ComposerProps) {
  const { draftId, promptRef, placeholder, answering, stopping, busy, onSubmit, onStop, children } = props;
  const { text, write, clear } = useDraft(draftId);
  const prompt = text.trim();
  const excess = prompt.length - PROMPT_CHARS_MAX;
  const canSend = prompt !== "" && excess <= 0 && !answering && !busy;
  useAutoHeight(promptRef, text);

  const submit = () => {
    if (canSend && onSubmit(prompt)) clear();
    promptRef.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // While a character is being composed (IME), Enter chooses it and Escape gives it up.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      submit();
    }
    if (event.key === "Escape" && answering) {
      event.preventDefault();
      onStop();
    }
  };

  return (
    <form
      aria-label="Write to Copilot"
      className={cn(
        "rounded-2xl border border-border-strong bg-raised shadow-composer transition-[border-color,box-shadow]",
        "focus-within:border-accent/55 focus-within:ring-3 focus-within:ring-accent/10",
      )}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        ref={promptRef}
        aria-label="Prompt"
        aria-describedby={text.length > COUNTER_FROM_CHARS ? "prompt-room" : undefined}
        aria-invalid={excess > 0 || undefined}
        rows={1}
        value={text}
        placeholder={placeholder}
        autoComplete="off"
        onChange={(event) => write(event.target.value)}
        onKeyDown={onKeyDown}
        className="block max-h-[min(45dvh,24rem)] min-h-[3.25rem] w-full resize-none bg-transparent px-4 pt-3.5 pb-1 leading-6 outline-none placeholder:text-muted-foreground max-md:text-base"
      />
      <div className="flex items-center gap-2 p-2 pt-1">
        {children}
        <div className="ml-auto flex items-center gap-3">
          {text.length > COUNTER_FROM_CHARS && (
            <span
              id="prompt-room"
              className={cn(
                "text-xs tabular-nums text-muted-foreground",
                excess > 0 && "font-medium text-danger",
              )}
            >
              {excess > 0
                ? `${excess.toLocaleString("en")} characters too long`
                : `${(-excess).toLocaleString("en")} characters left`}
            </span>
          )}
          {answering ? (
            <IconButton
              label="Stop"
              keys="Esc"
              variant="primary"
              size="icon-lg"
              aria-disabled={stopping || undefined}
              className="rounded-xl!"
              onClick={onStop}
            >
              <Square className="size-3.5! fill-current" />
            </IconButton>
          ) : (
            <IconButton
              label="Send"
              keys="Enter"
              type="submit"
              variant="primary"
              size="icon-lg"
              disabled={!canSend}
              className="rounded-xl! disabled:bg-hover! disabled:text-muted-foreground! disabled:opacity-100!"
            >
              <ArrowUp />
            </IconButton>
          )}
        </div>
      </div>
    </form>
  );
}

function useAutoHeight(ref: RefObject<HTMLTextAreaElement | null>, text: string): void {
  const shown = useRef("");
  useLayoutEffect(() => {
    const field = ref.current;
    if (!field || shown.current === text) return;
    shown.current = text;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }, [ref, text]);
}
