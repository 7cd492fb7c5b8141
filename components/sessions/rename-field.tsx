"use client";

import { type KeyboardEvent, useEffect, useRef } from "react";
import { TITLE_CHARS_MAX } from "@/client/limits";
import { Input } from "../ui/input";

/** A title being changed in place: Enter or leaving the field saves, Escape gives up. */
export function RenameField({ title, onDone }: { title: string; onDone(title: string | null): void }) {
  const field = useRef<HTMLInputElement>(null);
  const finished = useRef(false);

  useEffect(() => {
    // A menu that opened this field gives focus back to its button first.
    const frame = requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.select();
    });
    return () => cancelAnimationFrame(frame);
  }, []);

  const finish = (next: string | null) => {
    if (finished.current) return;
    finished.current = true;
    onDone(next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") finish(event.currentTarget.value);
    if (event.key === "Escape") finish(null);
  };

  return (
    <Input
      ref={field}
      aria-label="Session title"
      defaultValue={title}
      maxLength={TITLE_CHARS_MAX}
      className="h-8! px-2!"
      onKeyDown={onKeyDown}
      onBlur={(event) => finish(event.currentTarget.value)}
    />
  );
}
