import type { WireEvent } from "../generated/router.js";

type Part = { id: string; startSeq: number; text: string; isWhole: boolean };

/** Stands between two messages of one answer. */
const BETWEEN = "\n\n";

/** The text of one turn, as of the events that were taken: of its messages, in the order in which they began. Takes the
 *  events of that turn, in order; the pieces of a message may be left out where the whole message comes. A piece of
 *  reasoning is no text of the answer. */
export class AnswerText {
  #parts: Part[] = [];

  take(event: WireEvent): void {
    switch (event.type) {
      case "assistant.delta":
        this.#grow(event.data.messageId, event.data.text, event.seq);
        break;
      case "assistant.message": {
        const { messageId, content, folded } = event.data;
        const startSeq = folded.reduce((least, [first]) => Math.min(least, first), event.seq);
        this.#settle({ id: messageId, startSeq, text: content, isWhole: true });
        break;
      }
      case "assistant.retracted": {
        const { messageId } = event.data;
        this.#parts = this.#parts.filter(({ id }) => id !== messageId);
        break;
      }
      default:
    }
  }

  read(): string {
    return this.#parts.flatMap(({ text }) => (text === "" ? [] : [text])).join(BETWEEN);
  }

  #grow(id: string, text: string, seq: number): void {
    const part = this.#parts.find((each) => each.id === id);
    if (!part) this.#parts.push({ id, startSeq: seq, text, isWhole: false });
    else if (!part.isWhole) part.text += text;
  }

  #settle(whole: Part): void {
    const known = this.#parts.find(({ id }) => id === whole.id);
    const startSeq = Math.min(whole.startSeq, known?.startSeq ?? whole.startSeq);
    const others = this.#parts.filter((part) => part !== known);
    this.#parts = [...others, { ...whole, startSeq }].sort((one, other) => one.startSeq - other.startSeq);
  }
}
