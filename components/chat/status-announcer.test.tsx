// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import type { TranscriptTurn } from "@/client/events/transcript";
import type { TurnStatus } from "@/lib/contracts/turns";
import { StatusAnnouncer } from "./status-announcer";

afterEach(cleanup);

const turn = (turnId: string, status: TurnStatus): TranscriptTurn => ({
  ...{ turnId, status, promptSeq: 1, prompt: "Hello", model: null, identity: null },
  ...{ retryOf: null, supersededBy: null },
  ...{ parts: [], notice: null, remark: null, usage: null, failure: null },
  ...{ queuedAt: new Date(0), startedAt: null, endedAt: null },
});

type Seen = { turn: TranscriptTurn | null; caughtUp?: boolean; waiting?: boolean };
const announcer = ({ turn, caughtUp = true, waiting = false }: Seen) => (
  <StatusAnnouncer turn={turn} caughtUp={caughtUp} waiting={waiting} extra="" />
);

/** What is said in the end, when the view sees all of this one after the other. */
function saidAfter(first: Seen, ...later: Seen[]): string | null {
  const { rerender } = render(announcer(first));
  for (const seen of later) rerender(announcer(seen));
  return screen.getByRole("status").textContent;
}

it("says nothing of turns that ended before the session was opened", () => {
  expect(saidAfter({ turn: null, caughtUp: false }, { turn: turn("a", "succeeded") })).toBe("");
});

it("says when an answer starts, and how it ends", () => {
  const running = { turn: turn("a", "running") };
  expect(saidAfter({ turn: null }, running)).toBe("Copilot is answering");
  cleanup();
  expect(saidAfter({ turn: null }, running, { turn: turn("a", "succeeded") })).toBe("Answer complete");
  cleanup();
  expect(saidAfter({ turn: null }, running, { turn: turn("a", "aborted") })).toBe("Answer stopped");
});

it("says how a turn ended that was over when it was first seen", () => {
  expect(saidAfter({ turn: turn("a", "succeeded") }, { turn: turn("b", "failed") })).toMatch(
    /^The answer failed\. /,
  );
});

it("says it also of a session's first turn, where the page opens after it has ended", () => {
  const opening = { turn: null, caughtUp: false, waiting: true };
  expect(
    saidAfter(opening, { turn: turn("a", "failed"), caughtUp: false }, { turn: turn("a", "failed") }),
  ).toMatch(/^The answer failed\. /);
});
