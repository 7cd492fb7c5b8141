import type { ProcessRole } from "@/server/domain/sessions/types";
import type { Limits } from "@/server/domain/turns/types";
import type { Random } from "./core/random";
import type { PromptPlan, SessionPlan } from "./person";

const FAULTS = [
  "app killed",
  "app drained",
  "app stopped",
  "app's statements lost",
  "app's bell cut",
  "CLI server killed",
  "CLI server stopped",
  "CLI server drained",
  "CLI connection cut",
  "database away",
] as const;

export type FaultKind = (typeof FAULTS)[number];

/** `at`: a virtual time in milliseconds, or the number of a step, which hits short moments as often as long ones. */
export type FaultPlan = {
  kind: FaultKind;
  at: { ms: number } | { step: number };
  /** Which of the apps or servers. */
  target: number;
  lastsMs: number;
};

/** What a seed does: who is there, what people ask, what breaks. */
export type Plan = {
  roles: ProcessRole[];
  servers: number;
  sessions: SessionPlan[];
  watchers: number;
  faults: FaultPlan[];
  limits: Limits;
  /** Share of rings that reach nobody. */
  ringLossRate: number;
  dbLatencyMs: number;
  /** How long the world goes on after everything was done. */
  lingerMs: number;
};

/** In half of the worlds turns have to wait for each other. Nobody is turned away. */
function drawLimits(random: Random): Limits {
  const isTight = random.chance(0.5);
  return {
    turnsPerServer: isTight ? random.whole(1, 2) : 100,
    turnsPerPerson: isTight ? random.whole(1, 2) : 100,
    sessionsPerServer: isTight ? random.whole(1, 2) : 100,
    queued: 100,
    queuedPerPerson: 100,
    turnsPerToken: 100,
  };
}

const OWNERS = ["mona", "hubot"];
const STEPS_MAX = 500;
const FAULT_MAX_MS = 8_000;
const LASTS_MS = [20, 12_000] as const;
/** A process that stands still for so long loses its leases. */
const LEASE_LOST_MS = [9_500, 12_000] as const;

export function drawPlan(random: Random): Plan {
  const apps = random.whole(2, 3);
  const roles = Array.from({ length: apps }, (_, index): ProcessRole => {
    return index === 0 && random.chance(0.15) ? "web" : "all";
  });
  return {
    roles,
    servers: random.whole(2, 3),
    limits: drawLimits(random),
    sessions: Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, () => drawSession(random)),
    watchers: random.whole(1, 2),
    faults: Array.from({ length: random.whole(0, 6) }, () => drawFault(random)),
    ringLossRate: random.pick([0, 0, 0.02, 0.3, 1]),
    dbLatencyMs: random.pick([0.5, 2, 2, 15]),
    lingerMs: random.chance(0.03) ? random.spread(5_000, 40_000) : random.between(100, 1_000),
  };
}

function drawSession(random: Random): SessionPlan {
  const id = random.uuid();
  const prompts = Array.from({ length: random.pick([1, 1, 2, 2, 3, 4]) }, (_, index): PromptPlan => {
    return {
      key: `${id.slice(0, 4)}-${index}`,
      tokens: random.whole(2, 12),
      thinkMs: random.spread(1, 1_000),
      isPatient: random.chance(0.8),
      isDoubled: random.chance(0.1),
      abortAfterMs: random.chance(0.15) ? random.spread(1, 3_000) : null,
    };
  });
  return { id, owner: random.pick(OWNERS), prompts };
}

function drawFault(random: Random): FaultPlan {
  const at = random.chance(0.6)
    ? { step: random.whole(1, STEPS_MAX) }
    : { ms: random.spread(20, FAULT_MAX_MS) };
  const kind = random.pick(FAULTS);
  const isLong = kind === "app stopped" && random.chance(0.3);
  const lastsMs = isLong ? random.between(...LEASE_LOST_MS) : random.spread(...LASTS_MS);
  return { kind, at, target: random.whole(0, 5), lastsMs };
}
