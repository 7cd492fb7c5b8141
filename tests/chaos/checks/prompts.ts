import type { WireEvent } from "@/lib/events/wire";
import type { Evidence, FinalLog, Send } from "../history";
import { groupBy, type Violation } from "./violation";

const ofType = <T extends WireEvent["type"]>(log: FinalLog | undefined, type: T) =>
  (log?.events ?? []).filter((event): event is Extract<WireEvent, { type: T }> => event.type === type);

/** Every prompt that was acknowledged is in the log exactly once, under the turn that the answer named, and that turn
 *  ended once. One whose answer was lost is there at most once. */
export function checkAcknowledged({ history, logs }: Evidence): Violation[] {
  const bySession = new Map(logs.map((log) => [log.sessionId, log]));
  return [...groupBy(history.sends, ({ sessionId, key }) => `${sessionId} ${key}`).values()].flatMap(
    (attempts) => {
      const { sessionId, prompt } = attempts[0] as Send;
      const log = bySession.get(sessionId);
      const stored = ofType(log, "user.message").filter(({ data }) => data.content === prompt);
      const turnId = attempts.find(({ answer }) => answer)?.answer?.turnId;
      const wrong = (detail: string): Violation[] => [
        { check: "acknowledged", sessionId, detail: `"${prompt}" ${detail}` },
      ];
      if (stored.length > 1) return wrong(`is in the log ${stored.length} times`);
      if (turnId === undefined) return [];
      if (stored.length === 0) return wrong(`was acknowledged as ${turnId} and is not in the log`);
      if (stored[0]?.turnId !== turnId)
        return wrong(`was acknowledged as ${turnId}, not ${stored[0]?.turnId}`);
      const ends = ofType(log, "turn.ended").filter((event) => event.turnId === turnId);
      return ends.length === 1 ? [] : wrong(`ended ${ends.length} times`);
    },
  );
}

/** All answers to one idempotency key name one turn and one number. */
export function checkOneId({ history }: Evidence): Violation[] {
  const answered = history.sends.filter(({ answer }) => answer !== null);
  return [...groupBy(answered, ({ sessionId, key }) => `${sessionId} ${key}`).values()].flatMap(
    (attempts) => {
      const ids = new Set(attempts.map(({ answer }) => `${answer?.turnId} ${answer?.seq}`));
      const { sessionId, key } = attempts[0] as Send;
      return ids.size === 1
        ? []
        : [{ check: "one-id" as const, sessionId, detail: `key ${key} has ${ids.size} turns: ${[...ids]}` }];
    },
  );
}

/** No turn is queued or running at the end, and none ended without saying why. */
export function checkSettled({ logs }: Evidence): Violation[] {
  return logs.flatMap((log) => {
    const { sessionId } = log;
    const ends = new Map(ofType(log, "turn.ended").map((event) => [event.turnId, event.data]));
    const stuck = ofType(log, "user.message").filter(({ turnId }) => !ends.has(turnId));
    const mute = [...ends].filter(([, { outcome, code }]) => outcome === "failed" && !code);
    return [
      ...stuck.map(({ turnId, data }) => ({ detail: `turn ${turnId} of "${data.content}" never ended` })),
      ...mute.map(([turnId]) => ({ detail: `turn ${turnId} failed without a reason` })),
      ...(log.active && stuck.length === 0 ? [{ detail: "its row names an active turn" }] : []),
    ].map(({ detail }) => ({ check: "settled" as const, sessionId, detail }));
  });
}
