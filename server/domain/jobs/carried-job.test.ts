import pino from "pino";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import type { WireEvent } from "@/lib/events/wire";
import type { OwnerId } from "@/server/platform/scope";
import { createManualClock, type ManualClock } from "@/tests/fakes/clock";
import { CarriedJob, type CarryDeps } from "./carried-job";
import type { ClaimedJob } from "./queue/store";
import type { StopReason } from "./rules";
import { PROGRESS_EVERY_MS } from "./tunables";

const at = new Date(0);
const TURN = "turn-1";
const said = (content: string): WireEvent => ({
  ...{ seq: 3, at, turnId: TURN, type: "assistant.message" },
  data: { messageId: "m", content, partial: false, folded: [] },
});
const ended = (outcome: "succeeded" | "failed" | "aborted", code?: string): WireEvent => ({
  ...{ seq: 4, at, turnId: TURN, type: "turn.ended", data: { outcome, code } },
});

let clock: ManualClock;
let batches: (WireEvent[] | Error)[];
let deps: CarryDeps;
const turns = { send: vi.fn(), sentAs: vi.fn(), stopOne: vi.fn() };
const store = { note: vi.fn() };

beforeEach(() => {
  vi.resetAllMocks();
  clock = createManualClock();
  batches = [];
  turns.send.mockResolvedValue({ turnId: TURN, seq: 1, status: "queued" });
  turns.sentAs.mockResolvedValue(null);
  deps = {
    ...{ store, turns, clock, log: pino({ level: "silent" }), random: () => 0.5 },
    bell: { ring: vi.fn() },
    sessions: {
      get: vi.fn(),
      update: vi.fn(),
      async *watch(_actor, _id, { signal }) {
        for (const batch of batches) {
          if (batch instanceof Error) throw batch;
          yield batch;
        }
        if (batches.length > 0) return;
        await new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => resolve(), { once: true }),
        );
      },
    },
  };
});

const claimed = (change: Partial<ClaimedJob> = {}): ClaimedJob => ({
  ...{ id: "job", fence: 7, prompt: "p", model: null, sessionId: "session", ownSession: true },
  ...{ attempts: 0, maxAttempts: 3, turns: 2, waits: 0, deadline: null, cancelRequestedAt: null },
  ...{ ownerId: "owner" as OwnerId, login: "mona", mayAct: true, ...change },
});

const never = {
  reason: (_: unknown, over: AbortSignal) =>
    new Promise<StopReason | null>((resolve) => over.addEventListener("abort", () => resolve(null))),
};

const carry = (
  change: Partial<ClaimedJob> = {},
  stop: Pick<typeof never, "reason"> = never,
  signal = new AbortController().signal,
) => new CarriedJob(deps, claimed(change), stop).carry(signal);

describe("a job that is carried", () => {
  it("sends its prompt under the key of its next turn, and keeps the last answer", async () => {
    batches = [[said("first"), said("last")], [ended("succeeded")]];
    expect(await carry()).toMatchObject({
      ...{ id: "job", fence: 7, status: "succeeded", result: "last", turnId: TURN, turnEnded: true },
      ...{ events: 3, try: { outcome: "succeeded", turnId: TURN } },
    });
    const [actor, sent] = turns.send.mock.calls[0] ?? [];
    expect(actor).toMatchObject({ ownerId: "owner", token: null });
    expect(sent).toEqual({ sessionId: "session", prompt: "p", idempotencyKey: "job:job:3" });
  });

  it("counts nothing of other turns in its session", async () => {
    batches = [
      [
        { ...said("other's"), turnId: "other" },
        { ...ended("failed"), turnId: "other" },
      ],
      [ended("succeeded")],
    ];
    expect(await carry()).toMatchObject({ status: "succeeded", result: null, events: 1 });
  });

  it.each(["turn_already_active", "queue_full", "shutting_down"] as const)(
    "is put off without an attempt where its prompt is refused as %s",
    async (code) => {
      turns.send.mockRejectedValue(new AppError(code));
      expect(await carry({ waits: 2 })).toMatchObject({
        ...{ status: "queued", code, isAttempt: false, turnEnded: false, runInMs: 4_000, try: null },
      });
    },
  );

  it("ends where its session is gone", async () => {
    turns.send.mockRejectedValue(new AppError("session_not_found"));
    expect(await carry()).toMatchObject({ status: "failed", code: "session_not_found" });
    expect(await carry({ sessionId: null })).toMatchObject({ status: "failed", code: "session_not_found" });
  });

  it("keeps its key where it is not known whether its prompt was taken", async () => {
    turns.send.mockRejectedValue(new Error("surprise"));
    expect(await carry()).toMatchObject({
      status: "queued",
      code: "internal",
      isAttempt: true,
      turnEnded: false,
    });
    expect(await carry({ attempts: 2 })).toMatchObject({ status: "failed", code: "internal" });
  });

  it("says nothing of its fate while the database is away, and can be carried on", async () => {
    batches = [[said("a")], new AppError("database_unavailable")];
    const job = new CarriedJob(deps, claimed(), never);
    await expect(job.carry(new AbortController().signal)).rejects.toThrow(AppError);
    batches = [[said("a")], [ended("succeeded")]];
    expect(await job.carry(new AbortController().signal)).toMatchObject({ status: "succeeded", events: 2 });
  });

  it("is let go when its process ends", async () => {
    const ending = new AbortController();
    const carried = carry({}, never, ending.signal);
    await clock.advance(1);
    ending.abort();
    expect(await carried).toBeNull();
  });

  it("sends nothing for a person who was shut out", async () => {
    expect(await carry({ mayAct: false })).toMatchObject({ status: "failed", code: "person_shut_out" });
    expect(turns.send).not.toHaveBeenCalled();
  });

  it("uses its model in a session that is not its own, where that has another", async () => {
    batches = [[ended("succeeded")]];
    vi.mocked(deps.sessions.get).mockResolvedValue({ model: "beta" } as never);
    await carry({ ownSession: false, model: "beta" });
    expect(deps.sessions.update).not.toHaveBeenCalled();
    await carry({ ownSession: false, model: "alpha" });
    expect(deps.sessions.update).toHaveBeenCalledWith(expect.anything(), {
      sessionId: "session",
      model: "alpha",
    });
  });

  it("leaves the model as it is where its prompt was sent before", async () => {
    batches = [[ended("succeeded")]];
    turns.sentAs.mockResolvedValue({ turnId: TURN, seq: 1, status: "running" });
    expect(await carry({ ownSession: false, model: "alpha" })).toMatchObject({ status: "succeeded" });
    expect(deps.sessions.update).not.toHaveBeenCalled();
  });

  it("notes what it has heard, now and then", async () => {
    deps.sessions.watch = async function* () {
      yield [said("a")];
      await clock.advance(PROGRESS_EVERY_MS);
      yield [said("b")];
      yield [said("c")];
      yield [ended("succeeded")];
    };
    await carry();
    expect(store.note.mock.calls.map(([noted]) => noted.events)).toEqual([2]);
  });
});

describe("a job that is to stop", () => {
  const asked = (reason: StopReason) => ({ reason: async () => reason });

  it.each([
    ["cancelled", { status: "cancelled", result: "so far" }],
    ["deadline_passed", { status: "failed", code: "deadline_passed", result: "so far" }],
  ] as const)("has its turn stopped: %s", async (reason, expected) => {
    batches = [[said("so far")], [ended("aborted")]];
    expect(await carry({}, asked(reason))).toMatchObject(expected);
    expect(turns.stopOne).toHaveBeenCalledWith("owner", TURN);
  });

  it.each([
    [{ cancelRequestedAt: at }, { status: "cancelled" }],
    [{ deadline: at }, { status: "failed", code: "deadline_passed" }],
  ])("before it has a turn, never gets one: %j", async (change, expected) => {
    expect(await carry(change)).toMatchObject({ ...expected, turnId: null, try: null });
    expect(turns.send).not.toHaveBeenCalled();
  });

  it("has the turn stopped that another process had begun", async () => {
    turns.sentAs.mockResolvedValue({ turnId: TURN, seq: 1, status: "running" });
    batches = [[ended("aborted")]];
    expect(await carry({ cancelRequestedAt: at })).toMatchObject({ status: "cancelled", turnId: TURN });
    expect(turns.stopOne).toHaveBeenCalledWith("owner", TURN);
    expect(turns.send).not.toHaveBeenCalled();
  });

  it("has it tried again where its turn could not be stopped at once", async () => {
    turns.stopOne.mockRejectedValueOnce(new AppError("database_unavailable"));
    let end = () => {};
    deps.sessions.watch = async function* () {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      yield [ended("aborted")];
    };
    turns.stopOne.mockImplementationOnce(async () => end());
    const carried = carry({}, asked("cancelled"));
    await clock.advance(1_000);
    expect(await carried).toMatchObject({ status: "cancelled" });
    expect(turns.stopOne).toHaveBeenCalledTimes(2);
  });
});
