import pino from "pino";
import { describe, expect, it, vi } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import type { OwnerId } from "@/server/platform/scope";
import { createTasks } from "@/server/platform/tasks";
import { createManualClock } from "@/tests/fakes/clock";
import type { Claim, Leases } from "../sessions/types";
import { createRunner } from "./runner";
import { type SessionDeps, SessionRunner } from "./session-runner";
import type { ActiveTurn } from "./store";
import { IDLE_DETACH_MS, LEASE_RENEW_MS, SWEEP_EVERY_MS } from "./tunables";

const LEASE = {
  sessionId: "s",
  fence: 1,
  owner: "o" as OwnerId,
  cliServer: null,
  cliSession: "s",
  memoryFromSeq: null,
};
const away = new AppError("database_unavailable");

function setUp() {
  const clock = createManualClock();
  const leases = {
    claim: vi.fn<Leases["claim"]>(async () => ({ won: true, lease: { ...LEASE } })),
    renew: vi.fn<Leases["renew"]>(async () => {}),
    release: vi.fn<Leases["release"]>(async () => {}),
    holds: vi.fn<Leases["holds"]>(async () => true),
    setServer: vi.fn<Leases["setServer"]>(async () => true),
  };
  const active = vi.fn<() => Promise<ActiveTurn | null>>(async () => null);
  const logger = pino({ level: "silent" });
  const deps = {
    clock,
    leases,
    logger,
    store: { active, abandoned: async () => [], takeUp: async () => null },
    log: { append: async () => ({ won: false }), read: async () => [] },
    bell: { listen: () => () => {}, ring: () => {}, isSteady: () => true },
    processes: { look: async () => false, others: () => [], leave: async () => {} },
    standbys: {
      arrange: async () => {},
      dismiss: () => {},
      take: async () => null,
      stop: async () => {},
    },
    queue: { leave: () => {}, has: () => false },
    defaultModel: null,
    processId: "p",
    runsTurns: true,
  } as unknown as SessionDeps & { processId: string; runsTurns: boolean };
  return { clock, leases, active, deps, tasks: createTasks(logger) };
}

const turn = (status: "queued" | "running") =>
  ({ id: "t", sessionId: "s", status, seq: 1, session: {} }) as unknown as ActiveTurn;

describe("a runner that holds a lease which another process has taken", () => {
  it("gives up at once, instead of taking the other's turn up over and over", async () => {
    const { deps, leases, active } = setUp();
    active.mockResolvedValue(turn("running"));
    leases.claim.mockResolvedValueOnce({ won: true, lease: { ...LEASE } });
    leases.claim.mockResolvedValue({ won: false } satisfies Claim);
    await new SessionRunner(deps, "s").drive(new AbortController().signal);
    expect(leases.release).toHaveBeenCalledExactlyOnceWith("s", 1);
  });
});

describe("a lease that cannot be given back", () => {
  it("is renewed no more, so that it runs out, and the session can be driven again here", async () => {
    const { deps, leases, active, clock, tasks } = setUp();
    active.mockResolvedValueOnce(turn("running")).mockRejectedValueOnce(away);
    leases.release.mockRejectedValue(away);
    const runner = createRunner({ ...deps, tasks });
    runner.kick("s");
    await clock.advance(LEASE_RENEW_MS);
    expect(leases.release).toHaveBeenCalled();
    expect(leases.renew).toHaveBeenLastCalledWith([]);
    const claims = leases.claim.mock.calls.length;
    active.mockResolvedValueOnce(turn("running")).mockResolvedValueOnce(null);
    runner.kick("s");
    await clock.advance(0);
    expect(leases.claim.mock.calls.length).toBe(claims + 1);
    expect(await tasks.stop(1_000)).toEqual([]);
  });

  it("when the session is detached for idleness does not stop its next prompt", async () => {
    const { deps, leases, active, clock, tasks } = setUp();
    active.mockResolvedValueOnce(turn("running")).mockResolvedValueOnce(null);
    const runner = createRunner({ ...deps, tasks });
    runner.kick("s");
    await clock.advance(0);
    leases.release.mockRejectedValue(away);
    await clock.advance(IDLE_DETACH_MS + SWEEP_EVERY_MS);
    expect(leases.release).toHaveBeenCalled();
    const claims = leases.claim.mock.calls.length;
    active.mockResolvedValueOnce(turn("queued")).mockResolvedValueOnce(null);
    runner.kick("s");
    await clock.advance(0);
    expect(leases.claim.mock.calls.length).toBe(claims + 1);
    expect(await tasks.stop(1_000)).toEqual([]);
  });
});
