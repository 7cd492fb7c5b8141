import { toRanges } from "@/lib/events/ranges";
import type { Folded, NewEvent, WireEvent } from "@/lib/events/wire";
import type { CopilotSignal } from "@/server/copilot/types";
import { retryNotice } from "./rules";
import { DELTA_CHARS_MAX } from "./tunables";

type Kind = "message" | "reasoning";
/** Text that is still arriving: what came so far, and the numbers of its rows. */
type Open = { kind: Kind; id: string; text: string; seqs: number[] };
/** What an event that waits to be stored replaces: numbers of delta rows, and its `folded`. */
type Replacing = { seqs: number[]; folded: Folded };

/** What a turn has said and the log does not know yet. Pure bookkeeping: no time, no database. */
export class TurnDraft {
  readonly #turnId: string;
  readonly #open = new Map<string, Open>();
  readonly #done = new Set<string>();
  readonly #replacing = new Map<string, Replacing>();
  #pending: NewEvent[] = [];
  #fold: number[] = [];
  #urgent = false;
  #callFailed = false;
  #pieces = 0;
  /** The newest number of this turn that is known to be stored. */
  lastSeq = 0;

  constructor(turnId: string) {
    this.#turnId = turnId;
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** Pieces of streamed text that came since the last hand-out. */
  get pieces(): number {
    return this.#pieces;
  }

  /** True where something waits that cannot be seen otherwise: a notice, or the first text of a message. */
  get isUrgent(): boolean {
    return this.#urgent;
  }

  /** True where a finished text waits and no other is arriving: most likely the turn ends in a moment. */
  get isFinished(): boolean {
    return this.#replacing.size > 0 && this.#open.size === 0;
  }

  accept(signal: CopilotSignal): void {
    switch (signal.kind) {
      case "delta":
        this.#text("message", signal.messageId, signal.text);
        return;
      case "reasoning_delta":
        this.#text("reasoning", signal.reasoningId, signal.text);
        return;
      case "message": {
        if (this.#callFailed && !this.#open.has(signal.messageId)) this.#retract();
        // The CLI reports finished reasoning after its message; in the log it comes before, as it was thought.
        for (const open of [...this.#open.values()]) {
          if (open.kind === "reasoning") this.#complete(open);
        }
        if (signal.content !== "")
          this.#complete({ kind: "message", id: signal.messageId, text: signal.content });
        return;
      }
      case "reasoning":
        this.#complete({ kind: "reasoning", id: signal.reasoningId, text: signal.content });
        return;
      case "usage":
        this.#push({ type: "usage", data: signal.usage });
        return;
      case "retrying":
        this.#callFailed = true;
        this.add({ type: "turn.notice", data: retryNotice(signal.status) });
        return;
      case "failed":
      case "idle":
        return;
    }
  }

  add(event: NewEvent): void {
    this.#push(event);
    this.#urgent = true;
  }

  /** Keeps unfinished text as partial messages. */
  settle(): void {
    for (const open of [...this.#open.values()]) this.#complete(open, true);
  }

  /** Hands out what waits: events to append, and numbers of rows that they replace. */
  take(): { events: NewEvent[]; fold: number[] } {
    const taken = { events: this.#pending, fold: this.#fold };
    this.#pending = [];
    this.#fold = [];
    this.#replacing.clear();
    this.#urgent = false;
    this.#pieces = 0;
    return taken;
  }

  /** Notes the numbers of the events that were handed out last and are stored now. */
  stored(events: WireEvent[]): void {
    for (const event of events) {
      this.lastSeq = event.seq;
      if (event.type === "assistant.delta") this.#storedText(event.data.messageId, event.seq);
      if (event.type === "assistant.reasoning_delta") this.#storedText(event.data.reasoningId, event.seq);
    }
  }

  #push(event: NewEvent): void {
    this.#pending.push({ ...event, turnId: this.#turnId });
  }

  #storedText(id: string, seq: number): void {
    const open = this.#open.get(id);
    if (open) {
      open.seqs.push(seq);
      return;
    }
    // The text was completed or taken back while this row was being written: the event that says so still waits.
    const replacing = this.#replacing.get(id);
    if (!replacing) return;
    replacing.seqs.push(seq);
    replacing.folded.splice(0, replacing.folded.length, ...toRanges(replacing.seqs));
    this.#fold.push(seq);
  }

  #text(kind: Kind, id: string, text: string): void {
    if (text === "" || this.#done.has(id)) return;
    let open = this.#open.get(id);
    if (!open) {
      if (this.#callFailed) this.#retract();
      open = { kind, id, text: "", seqs: [] };
      this.#open.set(id, open);
      this.#urgent = true;
    }
    open.text += text;
    this.#pieces += 1;
    const last = this.#pending.at(-1);
    if (kind === "message") {
      const joins = last?.type === "assistant.delta" && last.data.messageId === id;
      if (joins && last.data.text.length < DELTA_CHARS_MAX) last.data.text += text;
      else this.#push({ type: "assistant.delta", data: { messageId: id, text } });
    } else {
      const joins = last?.type === "assistant.reasoning_delta" && last.data.reasoningId === id;
      if (joins && last.data.text.length < DELTA_CHARS_MAX) last.data.text += text;
      else this.#push({ type: "assistant.reasoning_delta", data: { reasoningId: id, text } });
    }
  }

  // After a failed model call the answer starts again under a new id; the old text would stand there twice.
  #retract(): void {
    this.#callFailed = false;
    for (const { kind, id } of [...this.#open.values()]) {
      const folded = this.#close(id);
      if (kind === "message") this.add({ type: "assistant.retracted", data: { messageId: id, folded } });
      else this.add({ type: "assistant.reasoning", data: { reasoningId: id, content: "", folded } });
    }
  }

  #complete({ kind, id, text: content }: Omit<Open, "seqs">, partial = false): void {
    if (this.#done.has(id)) return;
    const folded = this.#close(id);
    if (kind === "message") {
      this.#callFailed = false;
      this.#push({ type: "assistant.message", data: { messageId: id, content, partial, folded } });
    } else {
      this.#push({ type: "assistant.reasoning", data: { reasoningId: id, content, folded } });
    }
  }

  // Deltas of this text that are not stored yet need not be: what replaces them comes with them.
  #close(id: string): Folded {
    const seqs = this.#open.get(id)?.seqs ?? [];
    this.#open.delete(id);
    this.#done.add(id);
    this.#fold.push(...seqs);
    this.#pending = this.#pending.filter(
      (event) =>
        !(event.type === "assistant.delta" && event.data.messageId === id) &&
        !(event.type === "assistant.reasoning_delta" && event.data.reasoningId === id),
    );
    const folded = toRanges(seqs);
    this.#replacing.set(id, { seqs, folded });
    return folded;
  }
}
