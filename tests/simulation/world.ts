import type { WireEvent } from "@/lib/events/wire";
import type { TurnRow } from "@/server/domain/turns/store";
import { type Evidence, type FinalLog, newHistory } from "@/tests/chaos/history";
import { App } from "./app";
import { BellHub } from "./bell";
import { CliServer } from "./cli/cli-server";
import { type CliEvent, Home } from "./cli/home";
import type { Outside } from "./client";
import { Actor } from "./core/actor";
import { Random } from "./core/random";
import type { Sabotage } from "./core/sabotage";
import { Scheduler } from "./core/scheduler";
import { Trace } from "./core/trace";
import { ModelDatabase } from "./database/model-database";
import type { Write } from "./database/tables";
import { Faults } from "./faults";
import { converse } from "./person";
import { drawPlan, type Plan } from "./plan";
import { Watcher } from "./watcher";

export type WorldOptions = {
  seed: number;
  sabotage?: Sabotage | null;
  isTraced?: boolean;
  isStrict?: boolean;
  /** Longest virtual time; by default longer than anything that the product waits for. */
  maxMs?: number;
};

/** What the checks look at: what people and the model saw, and all that is stored in the end. */
export type Found = Evidence & {
  turns: TurnRow[];
  writes: Write[];
  /** `fromSeq`: what was said up to this number was told the model from the log, because a journal was lost. */
  journals: { sessionId: string; events: readonly CliEvent[]; fromSeq: number }[];
  /** Prompts that nobody took, by their keys. */
  refused: string[];
  /** Whether everything came to its end in time. */
  isSettled: boolean;
};

/** One seed's world, from its beginning to its end. */
export type World = {
  seed: number;
  plan: Plan;
  found: Found;
  trace: string[];
  steps: number;
  virtualMs: number;
};

const LOOK_MS = 50;
const WORLD_MAX_MS = 15 * 60_000;

/** Lives through one seed. The same options give the same world, step by step. */
export async function liveThrough(options: WorldOptions): Promise<World> {
  const { seed, sabotage = null, isTraced = false, isStrict = false, maxMs = WORLD_MAX_MS } = options;
  const random = new Random(seed);
  const plan = drawPlan(random);
  const scheduler = new Scheduler({ isStrict });
  const core = { scheduler, random, trace: new Trace(scheduler, isTraced), sabotage };
  const house = build(plan, core);
  const people = bringPeople(plan, house, core);
  if (sabotage === "reject unheard") scheduler.after(1, () => void Promise.reject(new Error("unheard")));

  const isCalm = () => house.faults.broken === 0 && people.areDone();
  let isOver = false;
  let isSettled = false;
  const look = () => {
    if (isCalm() || scheduler.nowMs > maxMs) scheduler.after(plan.lingerMs, end);
    else scheduler.after(LOOK_MS, look);
  };
  const end = () => {
    isSettled = isCalm();
    isOver = isSettled || scheduler.nowMs > maxMs;
    if (!isOver) look();
  };
  look();
  await scheduler.run(() => isOver);

  const found = { ...collect(plan, house), refused: people.refused, isSettled };
  const { steps, nowMs: virtualMs } = scheduler;
  return { seed, plan, found, trace: core.trace.lines, steps, virtualMs };
}

type Core = { scheduler: Scheduler; random: Random; trace: Trace; sabotage: Sabotage | null };
type House = ReturnType<typeof build>;

/** Everything but the people, started, with the faults that will come. */
function build(plan: Plan, core: Core) {
  const { scheduler, trace } = core;
  const history = newHistory();
  const home = new Home();
  const database = new ModelDatabase(core);
  database.latencyMs = plan.dbLatencyMs;
  const hub = new BellHub({ ...core, database });
  hub.lossRate = plan.ringLossRate;
  const servers = Array.from(
    { length: plan.servers },
    (_, index) => new CliServer(`cli-${index}`, { ...core, home }),
  );
  const parts = { ...core, database, hub, servers, home, limits: plan.limits };
  const apps = plan.roles.map((role, index) => new App(`app-${index}`, role, parts));
  for (const { id, owner } of plan.sessions) database.tables.addSession(id, owner);
  const note = (name: string, target: string) => {
    trace.note(() => `FAULT ${name}: ${target}`);
    history.faults.push({ name, target, atMs: scheduler.nowMs });
  };
  const faults = new Faults({ ...core, apps, servers, database, hub, note });
  for (const each of plan.faults) faults.arrange(each);
  for (const app of apps) app.start();
  return { history, home, database, apps, faults };
}

/** Those who send and those who watch. */
function bringPeople(plan: Plan, { history, database, apps }: House, { sabotage, ...core }: Core) {
  const { tables } = database;
  const outside: Outside = { ...core, actor: new Actor(core.scheduler, core.random), apps };
  const isBusy = (sessionId: string) => tables.active(sessionId) !== undefined;
  const refusesAll = sabotage === "refuse a prompt";
  const refused: string[] = [];
  let talking = plan.sessions.length;
  for (const session of plan.sessions) {
    void converse({ outside, history, isBusy, refusesAll }, session).then((keys) => {
      refused.push(...keys);
      talking -= 1;
    });
  }
  const watching = { outside, history, sabotage };
  const watchers = plan.sessions.flatMap(({ id }) =>
    Array.from(
      { length: plan.watchers },
      (_, index) => new Watcher(`watcher ${index} of ${id.slice(0, 8)}`, id, watching),
    ),
  );
  const hasSeenAll = ({ sessionId, lastSeq }: Watcher) => lastSeq === tables.heads.get(sessionId)?.lastSeq;
  /** Everything was said, answered and seen. */
  const areDone = () =>
    talking === 0 && plan.sessions.every(({ id }) => !isBusy(id)) && watchers.every(hasSeenAll);
  return { refused, areDone };
}

function collect({ sessions }: Plan, { history, home, database }: House) {
  const { tables } = database;
  const logs = sessions.map(({ id, owner }): FinalLog => {
    const events = tables
      .eventsOf(id)
      .map(({ turnId, ...row }) => ({ ...row, ...(turnId !== null && { turnId }) }) as WireEvent);
    return { sessionId: id, login: owner, events, active: tables.active(id) !== undefined };
  });
  const journals = sessions.map(({ id }) => ({
    sessionId: id,
    events: home.journalOf(tables.heads.get(id)?.cliSession ?? id) ?? [],
    fromSeq: tables.heads.get(id)?.memoryFromSeq ?? 0,
  }));
  const { calls } = home;
  return { history, logs, calls, journals, turns: [...tables.turns.values()], writes: tables.writes };
}
