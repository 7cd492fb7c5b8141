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
import { isActive, type Write } from "./database/tables";
import { Faults } from "./faults";
import { converse } from "./person";
import { drawPlan, type Plan } from "./plan";
import { Watcher } from "./watcher";

export type WorldOptions = {
  seed: number;
  sabotage?: Sabotage | null;
  isTraced?: boolean;
  isStrict?: boolean;
};

/** What the checks look at: what people and the model saw, and all that is stored in the end. */
export type Found = Evidence & {
  turns: TurnRow[];
  writes: Write[];
  journals: { sessionId: string; events: readonly CliEvent[] }[];
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
/** Longer than anything that the product waits for. */
const WORLD_MAX_MS = 15 * 60_000;

/** Lives through one seed. The same options give the same world, step by step. */
export async function liveThrough(options: WorldOptions): Promise<World> {
  const { seed, sabotage = null, isTraced = false, isStrict = false } = options;
  const random = new Random(seed);
  const plan = drawPlan(random);
  const scheduler = new Scheduler({ isStrict });
  const trace = new Trace(scheduler, isTraced);
  const core = { scheduler, random, trace };
  const history = newHistory();
  const home = new Home();
  const database = new ModelDatabase(core);
  database.latencyMs = plan.dbLatencyMs;
  const { tables } = database;
  const hub = new BellHub({ database, random, trace });
  hub.lossRate = plan.ringLossRate;
  const servers = Array.from(
    { length: plan.servers },
    (_, index) => new CliServer(`cli-${index}`, { ...core, home, sabotage }),
  );
  const parts = { ...core, sabotage, database, hub, servers, home };
  const apps = plan.roles.map((role, index) => new App(`app-${index}`, role, parts));
  for (const { id, owner } of plan.sessions) tables.addSession(id, owner);

  const note = (name: string, target: string) => {
    trace.note(() => `FAULT ${name}: ${target}`);
    history.faults.push({ name, target, atMs: scheduler.nowMs });
  };
  const faults = new Faults({ ...core, apps, servers, database, hub, note });
  for (const each of plan.faults) faults.arrange(each);
  for (const app of apps) app.start();

  const outside: Outside = { actor: new Actor(scheduler, random), apps, random, trace };
  const refused: string[] = [];
  let talking = plan.sessions.length;
  const isBusy = (sessionId: string) => tables.active(sessionId) !== undefined;
  for (const session of plan.sessions) {
    const refusesAll = sabotage === "refuse a prompt";
    void converse({ outside, history, isBusy, refusesAll }, session).then((keys) => {
      refused.push(...keys);
      talking -= 1;
    });
  }
  const exists = ({ client }: { client: Parameters<typeof database.query>[0] }, sessionId: string) =>
    database.query(client, "session exists", () => tables.sessions.has(sessionId));
  const watchers = plan.sessions.flatMap(({ id }) =>
    Array.from(
      { length: plan.watchers },
      (_, index) =>
        new Watcher(`watcher ${index} of ${id.slice(0, 8)}`, id, { outside, history, sabotage, exists }),
    ),
  );

  if (sabotage === "reject unheard") scheduler.after(1, () => void Promise.reject(new Error("unheard")));

  let isOver = false;
  const isCalm = () =>
    talking === 0 &&
    faults.broken === 0 &&
    plan.sessions.every(({ id }) => !isBusy(id)) &&
    watchers.every(({ sessionId, lastSeq }) => lastSeq === tables.heads.get(sessionId)?.lastSeq);
  const look = () => {
    if (isCalm() || scheduler.nowMs > WORLD_MAX_MS) scheduler.after(plan.lingerMs, end);
    else scheduler.after(LOOK_MS, look);
  };
  let isSettled = false;
  const end = () => {
    isSettled = isCalm();
    isOver = isSettled || scheduler.nowMs > WORLD_MAX_MS;
    if (!isOver) look();
  };
  look();
  await scheduler.run(() => isOver);

  const logs = plan.sessions.map(({ id, owner }): FinalLog => {
    const events = tables
      .eventsOf(id)
      .map(({ turnId, ...row }) => ({ ...row, ...(turnId !== null && { turnId }) }) as WireEvent);
    return { sessionId: id, login: owner, events, active: tables.turnsOf(id).some(isActive) };
  });
  const journals = plan.sessions.map(({ id }) => ({ sessionId: id, events: home.journalOf(id) ?? [] }));
  const found: Found = {
    ...{ history, logs, calls: home.calls, journals, refused, isSettled },
    ...{ turns: [...tables.turns.values()], writes: tables.writes },
  };
  return { seed, plan, found, trace: trace.lines, steps: scheduler.steps, virtualMs: scheduler.nowMs };
}
