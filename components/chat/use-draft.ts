"use client";

import { useCallback, useEffect, useState } from "react";
import { DRAFT_CHANGED, readDraft, writeDraft } from "@/client/prompts/drafts";

/** The text being written for `id`, kept in the browser. `clear` empties the field only: the kept copy goes once
 *  the server has accepted the prompt, so a reload in between loses nothing. */
export function useDraft(id: string): { text: string; write(text: string): void; clear(): void } {
  const [draft, setDraft] = useState({ id, text: "" });

  // Storage exists only in the browser, so the first render (which the server repeats) shows an empty field.
  useEffect(() => setDraft({ id, text: readDraft(id) }), [id]);

  // Another part of the page gave text back to be edited.
  useEffect(() => {
    const onDraft = () => setDraft({ id, text: readDraft(id) });
    window.addEventListener(DRAFT_CHANGED, onDraft);
    return () => window.removeEventListener(DRAFT_CHANGED, onDraft);
  }, [id]);

  const write = useCallback(
    (text: string) => {
      writeDraft(id, text);
      setDraft({ id, text });
    },
    [id],
  );
  const clear = useCallback(() => setDraft({ id, text: "" }), [id]);
  return { text: draft.id === id ? draft.text : "", write, clear };
}
