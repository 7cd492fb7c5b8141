const PREFIX = "flightdeck.draft.";
/** The draft of the start page, where there is no session yet. */
export const START_DRAFT = "new";

/** Sent to `window` when a draft was replaced from outside its field. */
export const DRAFT_CHANGED = "flightdeck:draft";

// Storage may be full or forbidden (private windows); a draft is then kept for the life of the page only.
const memory = new Map<string, string>();

/** The text that was being written for this session; "" where there is none. Survives a reload and a sign-in. */
export function readDraft(id: string): string {
  try {
    return window.localStorage.getItem(PREFIX + id) ?? memory.get(id) ?? "";
  } catch {
    return memory.get(id) ?? "";
  }
}

export function writeDraft(id: string, text: string): void {
  memory.set(id, text);
  try {
    if (text === "") window.localStorage.removeItem(PREFIX + id);
    else window.localStorage.setItem(PREFIX + id, text);
  } catch {
    // Kept in memory above.
  }
}

/** Forgets the draft once the server has it; a draft that was changed meanwhile stays. */
export function clearSentDraft(id: string, sent: string): void {
  if (readDraft(id).trim() === sent) writeDraft(id, "");
}

/** Puts text back into the field it came from. */
export function returnDraft(id: string, text: string): void {
  writeDraft(id, text);
  window.dispatchEvent(new Event(DRAFT_CHANGED));
}
