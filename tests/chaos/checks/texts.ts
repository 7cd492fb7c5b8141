import { reduceEvents } from "@/client/events/reduce";
import { EMPTY_TRANSCRIPT, type TranscriptTurn } from "@/client/events/transcript";
import type { WireEvent } from "@/lib/events/wire";
import { countedTo, type Evidence } from "../history";
import { groupBy, type Violation } from "./violation";

const textOf = (turn: TranscriptTurn): string =>
  turn.parts.flatMap((part) => (part.kind === "message" ? [part.text] : [])).join("");

const turnsOf = (events: Iterable<WireEvent>): readonly TranscriptTurn[] =>
  reduceEvents(EMPTY_TRANSCRIPT, events).turns;

const EXCERPT_CHARS = 20;

function differenceOf(shown: string, wanted: string): string {
  const at = [...shown].findIndex((char, index) => char !== wanted[index]);
  const from = at < 0 ? shown.length : at;
  const excerpt = shown.slice(Math.max(0, from - EXCERPT_CHARS), from + EXCERPT_CHARS);
  return `wrongly from character ${from} of ${shown.length} on: "…${excerpt}…${shown.slice(-EXCERPT_CHARS)}"`;
}

/** The answer of every turn that succeeded is the model's, byte by byte: in the log, and as each watcher shows it. */
export function checkText({ history, logs }: Evidence): Violation[] {
  const expected = new Map(
    history.sends.map(({ sessionId, prompt, tokens }) => [`${sessionId} ${prompt}`, countedTo(tokens)]),
  );
  const watched = groupBy(history.received, ({ watcher, sessionId }) => `${sessionId} ${watcher}`);
  const readers = [
    ...logs.map(({ sessionId, events }) => ({ reader: "the log", sessionId, turns: turnsOf(events) })),
    ...[...watched.values()].map((rows) => ({
      reader: rows[0]?.watcher ?? "",
      sessionId: rows[0]?.sessionId ?? "",
      turns: turnsOf(rows.map(({ event }) => event)),
    })),
  ];
  return readers.flatMap(({ reader, sessionId, turns }) =>
    turns.flatMap((turn) => {
      const wanted = expected.get(`${sessionId} ${turn.prompt}`);
      const shown = textOf(turn);
      if (turn.status !== "succeeded" || wanted === undefined || shown === wanted) return [];
      const detail = `${reader} shows "${turn.prompt}" answered ${differenceOf(shown, wanted)}`;
      return [{ check: "text" as const, sessionId, detail }];
    }),
  );
}
