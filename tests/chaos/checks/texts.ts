import { reduceEvents } from "@/client/events/reduce";
import { EMPTY_TRANSCRIPT, type TranscriptTurn } from "@/client/events/transcript";
import type { WireEvent } from "@/lib/events/wire";
import { countedTo, type Evidence } from "../history";
import { groupBy, type Violation } from "./violation";

const textOf = (turn: TranscriptTurn): string =>
  turn.parts.flatMap((part) => (part.kind === "message" ? [part.text] : [])).join("");

const turnsOf = (events: Iterable<WireEvent>): readonly TranscriptTurn[] =>
  reduceEvents(EMPTY_TRANSCRIPT, events).turns;

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
      if (turn.status !== "succeeded" || wanted === undefined || textOf(turn) === wanted) return [];
      const detail = `${reader} shows "${textOf(turn)}" for "${turn.prompt}"`;
      return [{ check: "text" as const, sessionId, detail }];
    }),
  );
}
