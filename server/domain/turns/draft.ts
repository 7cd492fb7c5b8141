import { toRanges } from "@/lib/events/ranges";
import type { Folded, NewEvent, WireEvent } from "@/lib/events/wire";
import type { CopilotSignal } from "@/server/copilot/types";
import { overlapOf } from "./overlap";
import { retryNotice } from "./rules";
import { DELTA_CHARS_MAX } from "./tunables";

type Kind = "message" | "reasoning";
/** Text that is still arriving: what came so far, and the numbers of its rows. */
type Open = { kind: Kind; id: string; text: string; seqs: number[] };
/** What an event that waits to be stored replaces: numbers of delta rows, and its `folded`. */
type Replacing = { seqs: number[]; folded: Folded };

/** What of the CLI's words is stored already: characters of each text that was not complete, and events. */
type Known = { chars: Map<string, number>; usage: number; notices: number };

/** What a turn has said and the log does not know yet. Pure bookkeeping: no time, no database. */
export class TurnDraft {
  readonly #turnId: string;
  readonly #open = new Map<string, Open>();
  readonly #done = new Set<string>();
  /** Whole texts that people see. */
  readonly #whole = new Map<string, Kind>();
  #known: Known = { chars: new Map(), usage: 0, notices: 0 };
  #deaf = false;
  #again = false;
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

  /** Goes on with a turn that another draft began: `events` are its stored ones, all of them, in order. */
  restore(events: readonly WireEvent[]): void {
    for (const event of events) {
      this.lastSeq = event.seq;
      switch (event.type) {
        case "assistant.delta":
          this.#restoreText("message", { id: event.data.messageId, text: event.data.text, seq: event.seq });
          break;
        case "assistant.reasoning_delta":
          this.#restoreText("reasoning", {
            id: event.data.reasoningId,
            text: event.data.text,
            seq: event.seq,
          });
          break;
        case "assistant.message":
          this.#restoreWhole("message", event.data.messageId);
          break;
        case "assistant.reasoning":
          this.#restoreWhole("reasoning", event.data.reasoningId);
          if (event.data.content === "") this.#whole.delete(event.data.reasoningId);
          break;
        case "assistant.retracted":
          this.#open.delete(event.data.messageId);
          this.#whole.delete(event.data.messageId);
          this.#done.add(event.data.messageId);
          break;
        case "usage":
          this.#known.usage += 1;
          break;
        case "turn.notice":
          if (event.data.code === "model_retrying") this.#known.notices += 1;
          break;
        default:
      }
    }
  }

  /** Takes everything that the CLI said since the prompt was sent last, of which `restore` brought a part. */
  replay(signals: readonly CopilotSignal[]): void {
    const said = new Set(signals.map(textIdOf));
    // A text that was not said since is from before: nobody has taken it back yet.
    this.#again = [...this.#open.keys(), ...this.#whole.keys()].some((id) => !said.has(id));
    for (const { id, text } of this.#open.values()) this.#known.chars.set(id, text.length);
    for (const signal of signals) this.accept(signal);
    this.#known = { chars: new Map(), usage: 0, notices: 0 };
  }

  /** Takes what the CLI said since somewhere in a text that `restore` brought a part of. False, and nothing is taken, where
   *  it is not certain from where on it is new. */
  replayEnd(signals: readonly CopilotSignal[]): boolean {
    const first = signals.map(textIdOf).find((id) => id !== null);
    const open = this.#open.get(first ?? "");
    // Which of those were heard is not told.
    if (!open || this.#known.usage > 0 || this.#known.notices > 0) return false;
    const said = signals.map((signal) =>
      "text" in signal && textIdOf(signal) === open.id ? signal.text : "",
    );
    const shared = overlapOf(open.text, said.join(""));
    if (shared === null) return false;
    for (const { id, text } of this.#open.values()) this.#known.chars.set(id, text.length);
    this.#known.chars.set(open.id, shared);
    for (const signal of signals) this.accept(signal);
    this.#known = { chars: new Map(), usage: 0, notices: 0 };
    return true;
  }

  /** The CLI goes on with a text whose middle was not heard: nothing of it is shown until it is whole. */
  joinLate(): void {
    this.#deaf = true;
    this.#known = { chars: new Map(), usage: 0, notices: 0 };
  }

  /** The prompt is sent once more. What people see is taken back as soon as there is a new text. */
  restart(): void {
    this.#deaf = false;
    this.#again = true;
    this.#known = { chars: new Map(), usage: 0, notices: 0 };
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
        // What failed while nobody listened was not heard either: another message's text is an earlier attempt's.
        const isAgain = this.#takesBack || (this.#deaf && this.#hasOpenMessage);
        this.#deaf = false;
        if (this.#done.has(signal.messageId)) return;
        if (isAgain && !this.#open.has(signal.messageId)) this.#retract();
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
        if (this.#known.usage > 0) this.#known.usage -= 1;
        else this.#push({ type: "usage", data: signal.usage });
        return;
      case "retrying":
        this.#callFailed = true;
        if (this.#known.notices > 0) this.#known.notices -= 1;
        else this.add({ type: "turn.notice", data: retryNotice(signal.status) });
        return;
      case "prompted":
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

  get #hasOpenMessage(): boolean {
    return [...this.#open.values()].some(({ kind }) => kind === "message");
  }

  get #takesBack(): boolean {
    return this.#callFailed || this.#again;
  }

  #restoreText(kind: Kind, { id, text, seq }: { id: string; text: string; seq: number }): void {
    const open = this.#open.get(id) ?? { kind, id, text: "", seqs: [] };
    open.text += text;
    open.seqs.push(seq);
    this.#open.set(id, open);
  }

  #restoreWhole(kind: Kind, id: string): void {
    this.#open.delete(id);
    this.#done.add(id);
    this.#whole.set(id, kind);
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

  // What of a replayed text is stored already is passed over.
  #unknown(id: string, text: string): string {
    const known = this.#known.chars.get(id);
    if (known === undefined) return text;
    // Its text is stored, so what came before it was taken back.
    this.#callFailed = false;
    this.#known.chars.set(id, Math.max(0, known - text.length));
    return text.slice(known);
  }

  #text(kind: Kind, id: string, said: string): void {
    const text = this.#unknown(id, said);
    if (text === "" || this.#deaf || this.#done.has(id)) return;
    let open = this.#open.get(id);
    if (!open) {
      if (this.#takesBack) this.#retract();
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

  // After a failed model call the answer starts again under a new id; the old text would stand there twice. Where the
  // prompt was sent once more, what was whole is said again as well.
  #retract(): void {
    for (const { kind, id } of [...this.#open.values()]) this.#takeBack(kind, id, this.#close(id));
    if (this.#again) {
      for (const [id, kind] of this.#whole) this.#takeBack(kind, id, []);
      this.#whole.clear();
    }
    this.#callFailed = false;
    this.#again = false;
  }

  #takeBack(kind: Kind, id: string, folded: Folded): void {
    if (kind === "message") this.add({ type: "assistant.retracted", data: { messageId: id, folded } });
    else this.add({ type: "assistant.reasoning", data: { reasoningId: id, content: "", folded } });
  }

  #complete({ kind, id, text: content }: Omit<Open, "seqs">, partial = false): void {
    if (this.#done.has(id)) return;
    const folded = this.#close(id);
    this.#whole.set(id, kind);
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

/** The text that a signal is about; null for any other. */
function textIdOf(signal: CopilotSignal): string | null {
  if ("messageId" in signal) return signal.messageId;
  return "reasoningId" in signal ? signal.reasoningId : null;
}
