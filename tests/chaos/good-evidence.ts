import type { WireEvent } from "@/lib/events/wire";
import { countedTo, type Evidence, hashOf, type Received, type Send } from "./history";

/** What a test may change: everything is its own copy. */
export type Tampered = { evidence: Evidence; watched(watcher: string): Received[] };

const SESSION = "session-1";
const OWNER = "mona";
const TOKENS = 6;
const START_MS = 1_000;
const EVENT_EVERY_MS = 10;

type Part = { type: WireEvent["type"]; turn: number; data: unknown };

const promptOf = (turn: number) => `count tokens=${TOKENS} rate=20 key=k${turn}`;

/** A turn that was moved in mid-answer: two pieces, taken back, then the whole answer, folded. */
function partsOf(turn: number, first: number): (Part | null)[] {
  const event = (type: WireEvent["type"], data: unknown): Part => ({ type, turn, data });
  const piece = (messageId: string, text: string) => event("assistant.delta", { messageId, text });
  return [
    event("user.message", { content: promptOf(turn) }),
    event("turn.started", { model: "model-1" }),
    piece("early", "1 2"),
    piece("early", " 3"),
    event("session.moved", { from: "a:1", to: "b:2", reason: "server_lost" }),
    event("assistant.retracted", { messageId: "early", folded: [[first + 2, first + 3]] }),
    piece("late", "1 2 3 4"),
    piece("late", " 5 6"),
    event("assistant.message", {
      messageId: "late",
      content: countedTo(TOKENS),
      partial: false,
      folded: [[first + 6, first + 7]],
    }),
    event("turn.ended", { outcome: "succeeded" }),
  ];
}

const TURNS = [1, 2];
const TURN_EVENTS = partsOf(1, 1).length;

const allEvents = (): WireEvent[] =>
  TURNS.flatMap((turn, index) =>
    partsOf(turn, index * TURN_EVENTS + 1).map((part, place) => {
      const seq = index * TURN_EVENTS + place + 1;
      return { ...part, seq, turnId: `turn-${turn}`, at: new Date(seq) } as unknown as WireEvent;
    }),
  );

const isPiece = ({ type }: WireEvent) => type === "assistant.delta";

/** Two turns of one session, one watcher that saw every piece and one that joined when they were folded: a history in
 *  which every invariant held. */
export function goodEvidence(): Tampered {
  const stored = allEvents().filter((event) => !isPiece(event));
  const receive = (watcher: string, events: WireEvent[]): Received[] =>
    events.map((event) => ({
      ...{ watcher, sessionId: SESSION, seq: event.seq, hash: hashOf(event), event },
      atMs: START_MS + event.seq * EVENT_EVERY_MS,
    }));
  const sends = TURNS.map((turn): Send => {
    const seq = (turn - 1) * TURN_EVENTS + 1;
    return {
      ...{
        sessionId: SESSION,
        login: OWNER,
        key: `k${turn}`,
        prompt: promptOf(turn),
        tokens: TOKENS,
        app: 0,
      },
      ...{ atMs: START_MS, answeredAtMs: START_MS + 1, error: null },
      answer: { turnId: `turn-${turn}`, seq, status: "queued" },
    };
  });
  const evidence: Evidence = {
    history: {
      sends,
      received: [...receive("early", allEvents()), ...receive("late", structuredClone(stored))],
      faults: [{ name: "SIGKILL", target: "a:1", atMs: START_MS + 3 * EVENT_EVERY_MS + 1 }],
    },
    logs: [{ sessionId: SESSION, login: OWNER, events: structuredClone(stored), active: false }],
    // The first turn was asked for twice: it was moved.
    calls: [1, 1, 2].map((turn) => ({
      ...{ sessionHint: SESSION, tokenLogin: OWNER, promptText: promptOf(turn), promptCount: turn },
    })),
  };
  return {
    evidence,
    watched: (watcher) => evidence.history.received.filter((row) => row.watcher === watcher),
  };
}
