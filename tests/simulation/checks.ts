import type { WireEvent } from "@/lib/events/wire";
import { findViolations } from "@/tests/chaos/checker";
import { groupBy } from "@/tests/chaos/checks/violation";
import type { Found } from "./world";

type Broken = { check: string; sessionId: string; detail: string };

const SOURCE = "turn:";

/** Only the process that took the newest fence writes under a fence. */
function checkFence({ writes }: Found): Broken[] {
  return writes.flatMap(({ sessionId, by, fence, newestFence, holder, firstSeq }) => {
    if (fence === null || (fence === newestFence && by === holder)) return [];
    const detail = `event ${firstSeq} was written by ${by} under fence ${fence}; the newest is ${newestFence} of ${holder}`;
    return [{ check: "fence", sessionId, detail }];
  });
}

/** Each turn's row says what its events say: one start where it was started, one end, and nothing after it. */
function checkRows({ turns, logs }: Found): Broken[] {
  const events = groupBy(
    logs.flatMap((log) => log.events),
    ({ turnId }) => turnId ?? "",
  );
  return turns.flatMap(({ id, sessionId, status, seq, startedAt, code }) => {
    const own = events.get(id) ?? [];
    const ofType = (type: WireEvent["type"]) => own.filter((event) => event.type === type);
    const [end] = ofType("turn.ended");
    const outcome = end?.type === "turn.ended" ? end.data : null;
    const wrong = [
      ofType("user.message")
        .map((event) => event.seq)
        .join() !== String(seq) && `its prompt is not event ${seq}`,
      ofType("turn.started").length !== (startedAt ? 1 : 0) &&
        `started ${ofType("turn.started").length} times`,
      ofType("turn.ended").length > 1 && `ended ${ofType("turn.ended").length} times`,
      end && own.at(-1) !== end && "something was said after its end",
      outcome && outcome.outcome !== status && `its row says ${status}, its end ${outcome.outcome}`,
      outcome && (outcome.code ?? null) !== code && `its row says ${code}, its end ${outcome.code}`,
    ];
    return wrong.flatMap((detail) =>
      detail ? [{ check: "rows", sessionId, detail: `turn ${id}: ${detail}` }] : [],
    );
  });
}

/** The conversation that the CLI keeps has each prompt once; that of a turn that succeeded, exactly once, unless it was
 *  told the model from the log. */
function checkJournal({ journals, turns }: Found): Broken[] {
  return journals.flatMap(({ sessionId, events, fromSeq }) => {
    const prompts = groupBy(
      events.filter(({ type }) => type === "user.message"),
      ({ data }) => String(data.source),
    );
    // Copied by a process that had lost its lease, or by a server that woke up: found with the next prompt.
    if (events[0]?.type === "session.info") return [];
    return turns.flatMap(({ id, sessionId: of, status, seq }) => {
      const times = prompts.get(`${SOURCE}${id}`)?.length ?? 0;
      if (of !== sessionId || times === 1 || (times === 0 && (status !== "succeeded" || seq <= fromSeq)))
        return [];
      return [
        { check: "journal", sessionId, detail: `the prompt of ${status} turn ${id} is there ${times} times` },
      ];
    });
  });
}

/** Everything came to its end, and no prompt was turned down for good. */
function checkServed({ isSettled, refused, logs, history }: Found): Broken[] {
  const sessionId = logs.map((log) => log.sessionId.slice(0, 8)).join();
  const why = (key: string) => history.sends.findLast((send) => send.key === key)?.error;
  return [
    ...refused.map((key) => ({
      check: "served",
      sessionId,
      detail: `prompt ${key} was refused: ${why(key)}`,
    })),
    ...(isSettled ? [] : [{ check: "served", sessionId, detail: "the world never came to rest" }]),
  ];
}

/** Reasons for which a turn may fail when parts of the house do. */
const REASONS = new Set([
  ...["cli_server_lost", "fleet_exhausted", "interrupted", "timed_out", "model_unavailable"],
]);

/** A turn that failed says why, in words that help. */
function checkReasons({ turns }: Found): Broken[] {
  return turns.flatMap(({ id, sessionId, status, code }) =>
    status === "failed" && !REASONS.has(code ?? "")
      ? [{ check: "reasons", sessionId, detail: `turn ${id} failed with ${code}` }]
      : [],
  );
}

/** Every invariant that a simulated world shows broken. Pure. */
export const findBroken = (found: Found): Broken[] => [
  ...findViolations(found),
  ...[checkFence, checkRows, checkJournal, checkServed, checkReasons].flatMap((check) => check(found)),
];
