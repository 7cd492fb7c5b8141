import { describe, expect, it } from "vitest";
import type { WireEvent } from "@/lib/events/wire";
import { findViolations } from "./checker";
import { gapsOf } from "./checks/gaps";
import type { CheckName } from "./checks/violation";
import { goodEvidence, type Tampered } from "./good-evidence";
import { hashOf } from "./history";

/** What one stored or received event of a type becomes. */
function first<T extends WireEvent["type"]>(
  rows: { event: WireEvent }[] | undefined,
  type: T,
): Extract<WireEvent, { type: T }> {
  const found = (rows ?? []).find(({ event }) => event.type === type)?.event;
  if (!found) throw new Error(`There is no ${type}.`);
  return found as Extract<WireEvent, { type: T }>;
}

const logOf = ({ evidence }: Tampered) => {
  const [log] = evidence.logs;
  if (!log) throw new Error("There is no log.");
  return log;
};

function removeReceived(
  { evidence }: Tampered,
  isWanted: (row: { seq: number; watcher: string }) => boolean,
) {
  evidence.history.received = evidence.history.received.filter((row) => !isWanted(row));
}

/** Breaks a good history in one way, which the named check has to see. */
const CONTROLS: { what: string; seenBy: CheckName; tamper(good: Tampered): void }[] = [
  {
    what: "an acknowledged prompt that is not in the log",
    seenBy: "acknowledged",
    tamper(good) {
      const log = logOf(good);
      log.events = log.events.filter(({ turnId }) => turnId !== "turn-2");
      removeReceived(good, ({ seq }) => seq > 10);
    },
  },
  {
    what: "a prompt that is in the log twice",
    seenBy: "acknowledged",
    tamper(good) {
      const log = logOf(good);
      const prompt = first(
        log.events.map((event) => ({ event })),
        "user.message",
      );
      log.events.push({ ...prompt, seq: 21, turnId: "turn-3" });
    },
  },
  {
    what: "a turn that ended twice",
    seenBy: "acknowledged",
    tamper(good) {
      const log = logOf(good);
      log.events.push({
        ...first(
          log.events.map((event) => ({ event })),
          "turn.ended",
        ),
        seq: 21,
      });
    },
  },
  {
    what: "two turns for one idempotency key",
    seenBy: "one-id",
    tamper({ evidence: { history } }) {
      const [send] = history.sends;
      if (send?.answer) history.sends.push({ ...send, answer: { ...send.answer, turnId: "turn-9" } });
    },
  },
  {
    what: "an event that a watcher got twice",
    seenBy: "order",
    tamper({ evidence: { history } }) {
      const row = history.received[4];
      if (row) history.received.splice(5, 0, row);
    },
  },
  {
    what: "two events that a watcher got in the wrong order",
    seenBy: "order",
    tamper({ evidence: { history } }) {
      const [one, two] = history.received.slice(4, 6);
      if (one && two) history.received.splice(4, 2, two, one);
    },
  },
  {
    what: "a stored event that a watcher never got",
    seenBy: "complete",
    tamper: (good) => removeReceived(good, ({ watcher, seq }) => watcher === "late" && seq === 5),
  },
  {
    what: "the last event, which a watcher never got",
    seenBy: "complete",
    tamper: (good) => removeReceived(good, ({ watcher, seq }) => watcher === "late" && seq === 20),
  },
  {
    what: "a number of the log that no folded range explains",
    seenBy: "complete",
    tamper(good) {
      const log = logOf(good);
      first(
        log.events.map((event) => ({ event })),
        "assistant.retracted",
      ).data.folded = [[3, 3]];
    },
  },
  {
    what: "an event that is not in the log",
    seenBy: "complete",
    tamper({ evidence: { history }, watched }) {
      const last = watched("late").at(-1);
      if (last) history.received.push({ ...last, seq: 21, event: { ...last.event, seq: 21 } });
    },
  },
  {
    what: "one number that is two events",
    seenBy: "same",
    tamper({ watched }) {
      const [row] = watched("late");
      if (row) row.hash = hashOf({ ...row.event, at: new Date(0) });
    },
  },
  {
    what: "an answer in the log that is not the model's",
    seenBy: "text",
    tamper(good) {
      const log = logOf(good);
      first(
        log.events.map((event) => ({ event })),
        "assistant.message",
      ).data.content = "1 2 3 4 5 7";
    },
  },
  {
    what: "an answer that a watcher shows with the text of two attempts",
    seenBy: "text",
    tamper: (good) => removeReceived(good, ({ watcher, seq }) => watcher === "early" && seq === 6),
  },
  {
    what: "a turn that is still running at the end",
    seenBy: "settled",
    tamper(good) {
      logOf(good).events.pop();
      removeReceived(good, ({ seq }) => seq === 20);
    },
  },
  {
    what: "a row that names an active turn after all turns ended",
    seenBy: "settled",
    tamper(good) {
      logOf(good).active = true;
    },
  },
  {
    what: "a turn that failed without a reason",
    seenBy: "settled",
    tamper(good) {
      first(
        logOf(good).events.map((event) => ({ event })),
        "turn.ended",
      ).data.outcome = "failed";
    },
  },
  {
    what: "a prompt that the model was shown twice",
    seenBy: "asked-once",
    tamper({ evidence: { calls } }) {
      const call = calls[1];
      if (call) call.promptCount = 2;
    },
  },
  {
    what: "a conversation that the model has forgotten without a word",
    seenBy: "asked-once",
    tamper({ evidence: { calls } }) {
      const call = calls[2];
      if (call) call.promptCount = 1;
    },
  },
  {
    what: "a model call as somebody else",
    seenBy: "identity",
    tamper({ evidence: { calls } }) {
      const call = calls[2];
      if (call) call.tokenLogin = "hubot";
    },
  },
  {
    what: "a model call in a session, for something that nobody sent, as somebody else",
    seenBy: "identity",
    tamper({ evidence: { calls } }) {
      const [call] = calls;
      if (call) calls.push({ ...call, promptText: "Name this conversation.", tokenLogin: "hubot" });
    },
  },
  {
    what: "a model call as nobody",
    seenBy: "identity",
    tamper({ evidence: { calls } }) {
      const call = calls[0];
      if (call) call.tokenLogin = null;
    },
  },
];

describe("the checker", () => {
  it("finds nothing wrong where nothing is", () => {
    expect(findViolations(goodEvidence().evidence)).toEqual([]);
  });

  it.each(CONTROLS)("sees $what", ({ seenBy, tamper }) => {
    const good = goodEvidence();
    tamper(good);
    expect(findViolations(good.evidence).map(({ check }) => check)).toContain(seenBy);
  });

  it("has a negative control for every check", () => {
    const all: Record<CheckName, true> = {
      acknowledged: true,
      "one-id": true,
      order: true,
      complete: true,
      same: true,
      text: true,
      settled: true,
      "asked-once": true,
      identity: true,
    };
    expect(new Set(CONTROLS.map(({ seenBy }) => seenBy))).toEqual(new Set(Object.keys(all)));
  });

  describe("lets the model see fewer prompts", () => {
    /** A good history in which the model saw fewer prompts with the second one, and a notice in one turn. */
    function forgetful(code: string, turnId: string) {
      const good = goodEvidence();
      const log = logOf(good);
      const [call] = good.evidence.calls.slice(2);
      if (!call) throw new Error("There is no third call.");
      call.promptCount = 1;
      const [like] = log.events.filter((event) => event.type === "session.moved");
      log.events.push({ ...like, type: "turn.notice", turnId, data: { code, message: "" } } as WireEvent);
      const asked = () => findViolations(good.evidence).filter(({ check }) => check === "asked-once");
      return { log, call, asked };
    }

    it.each(["memory_lost", "memory_rebuilt"])("from the turn on that says %s, and never more", (code) => {
      for (const turnId of ["turn-1", "turn-2"]) {
        const { call, asked } = forgetful(code, turnId);
        expect(asked()).toEqual([]);
        call.promptCount = 3;
        expect(asked()).toHaveLength(1);
      }
    });

    it("not where a later turn says it, or another notice is given", () => {
      const { log, asked } = forgetful("memory_rebuilt", "turn-3");
      const prompt = first(
        log.events.map((event) => ({ event })),
        "user.message",
      );
      const later = { seq: 21, turnId: "turn-3", data: { ...prompt.data, content: "later" } };
      log.events.push({ ...prompt, ...later });
      expect(asked()).toHaveLength(1);
      expect(forgetful("model_retrying", "turn-1").asked()).toHaveLength(1);
    });

    it("after a turn that did not succeed, and not before it", () => {
      const { log, asked } = forgetful("model_retrying", "turn-1");
      const [early, late] = log.events.filter((event) => event.type === "turn.ended");
      if (!early || !late) throw new Error("There are no two ends.");
      late.data.outcome = "aborted";
      expect(asked()).toHaveLength(1);
      early.data.outcome = "aborted";
      expect(asked()).toEqual([]);
    });
  });

  it("takes an event for the same in whatever order its keys come", () => {
    const [event] = logOf(goodEvidence()).events;
    if (!event) throw new Error("There is no event.");
    const turned = Object.fromEntries(Object.entries(event).reverse()) as WireEvent;
    expect(hashOf(turned)).toBe(hashOf(event));
    expect(hashOf({ ...event, seq: 2 })).not.toBe(hashOf(event));
  });
});

describe("the gap after a fault", () => {
  // The fault comes 1 ms after event 3; text comes with events 4, 7, 8 and 9, one each 10 ms.
  it("is the longest silence of the turn that was under way, for each of its watchers", () => {
    const { evidence } = goodEvidence();
    const gaps = gapsOf(evidence.history, () => true);
    expect(gaps.map(({ watcher, turnId, ms }) => [watcher, turnId, ms])).toEqual([
      ["early", "turn-1", 30],
      ["late", "turn-1", 59],
    ]);
  });

  it("is infinite where nothing came any more", () => {
    const good = goodEvidence();
    removeReceived(good, ({ seq }) => seq > 4);
    const [gap] = gapsOf(good.evidence.history, () => true);
    expect(gap?.ms).toBe(Number.POSITIVE_INFINITY);
  });

  it("leaves out turns that the fault did not touch, and what belongs to the next fault", () => {
    const { evidence } = goodEvidence();
    expect(gapsOf(evidence.history, () => false)).toEqual([]);
    const [fault] = evidence.history.faults;
    if (fault) evidence.history.faults.push({ ...fault, atMs: fault.atMs + 2 });
    const [first, second] = gapsOf(evidence.history, ({ watcher }) => watcher === "early");
    expect([first?.ms, second?.ms]).toEqual([9, 30]);
  });
});
