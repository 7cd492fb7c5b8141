import type { ModelAccess } from "@/server/copilot/types";
import type { OwnerId } from "@/server/platform/scope";
import type { Tasks } from "@/server/platform/tasks";
import { QUEUE_TOPIC, runnerTopic } from "../sessions/types";
import type { RunnerDeps } from "./deps";
import { createQueue, type Queue } from "./queue";
import { type Ready, SessionRunner, type StartedTurn } from "./session-runner";
import { createStandbys } from "./standbys";
import { IDLE_DETACH_MS } from "./tunables";
import { startUpkeep } from "./upkeep";

/** Runs the turns of every session whose lease this process holds. */
export type Runner = {
  /** Stores a turn as started and runs it, where this process drives the session of `owner` already and nothing
   *  else runs; `store` gets what that takes, and answers null where it could not store it after all. Null: nothing
   *  was stored. Rejects with what `store` throws. */
  begin<Turn extends StartedTurn>(
    owner: OwnerId,
    sessionId: string,
    store: (ready: Ready) => Promise<Turn | null>,
  ): Promise<Turn | null>;
  /** What decides whether a turn may start: see `Queue`. */
  admission: Queue["admission"];
  /** Has a turn that was just queued taken up, by this process where it runs turns, or wherever the session's lease is
   *  held. Never throws, never waits. */
  announce(sessionId: string): void;
  /** Takes a session's turns up in this process, unless another holds its lease. Never throws, never waits. */
  kick(sessionId: string): void;
  /** Sessions this process holds a place for, and how many of them run a turn. */
  load(): { held: number; running: number };
  /** Takes nothing new from now on, and gives what is idle back; resolves when no turn is running here. */
  drain(): Promise<void>;
  /** Whether a prompt can be taken: this process runs it, or another does. */
  takesTurns(): boolean;
  /** Gives every place and lease back. Call after the tasks were stopped. */
  stop(): Promise<void>;
};

/** `busy`: a task drives or releases it. `again`: something happened meanwhile, so look once more. */
type Slot = { runner: SessionRunner; busy: boolean; again: boolean; unlisten(): void };

/** `runsTurns: false`: this process leaves the turns to others. */
type Deps = RunnerDeps & { tasks: Tasks; processId: string; runsTurns: boolean };

export function createRunner(deps: Deps): Runner {
  const { tasks, runsTurns, bell, processes, clock, logger, limits } = deps;
  const slots = new Map<string, Slot>();
  const queue = createQueue(deps);
  const standbys = createStandbys({ ...deps, drives: (sessionId) => slots.has(sessionId) });
  let draining = false;
  let idle = () => {};

  function open(sessionId: string): Slot {
    const runner = new SessionRunner({ ...deps, standbys, queue, onSeated: makeRoom }, sessionId);
    const unlisten = bell.listen(runnerTopic(sessionId), () => {
      if (runner.isRunning) tasks.run(`stop check ${sessionId}`, () => runner.checkStop());
      else kick(sessionId);
    });
    const slot = { runner, busy: false, again: false, unlisten };
    slots.set(sessionId, slot);
    return slot;
  }

  function close(sessionId: string, slot: Slot): void {
    slot.unlisten();
    slots.delete(sessionId);
    if (slots.size === 0) idle();
  }

  function kick(sessionId: string): void {
    if (draining) return;
    const slot = slots.get(sessionId) ?? open(sessionId);
    slot.again = true;
    if (!slot.busy) drive(sessionId, slot);
  }

  function drive(
    sessionId: string,
    slot: Slot,
    started?: { turn: StartedTurn; access: Promise<ModelAccess> },
  ): void {
    slot.busy = true;
    tasks.run(`session ${sessionId}`, async (signal) => {
      try {
        if (started) {
          const run = slot.runner.runStarted(started.turn, started.access, signal);
          // Asked while the start was being stored, when there was nobody yet to stop.
          if (slot.again) tasks.run(`stop check ${sessionId}`, () => slot.runner.checkStop());
          await run;
        }
        while (slot.again && !signal.aborted) {
          slot.again = false;
          await slot.runner.drive(signal);
        }
        slot.busy = false;
        if (draining) return await letGo(sessionId, slot);
        // Another process holds the lease: what is left to do here is to hear when that changes.
        if (!slot.runner.holdsLease) close(sessionId, slot);
      } catch (error) {
        // Let go of it: the sweep finds what is left, here or in another process.
        logger.error({ sessionId, err: error }, "session runner failed");
        await letGo(sessionId, slot);
      }
    });
  }

  const begin: Runner["begin"] = async (owner, sessionId, store) => {
    const slot = draining ? undefined : slots.get(sessionId);
    const ready = slot && !slot.busy ? slot.runner.readyFor(owner) : null;
    if (!slot || !ready) return null;
    slot.busy = true;
    slot.again = false;
    const access = slot.runner.accessFor(owner, ready.sessionModel);
    access.catch(() => {});
    let turn: StartedTurn | null = null;
    try {
      const stored = await store(ready);
      turn = stored;
      return stored;
    } catch (error) {
      // It may be stored all the same: then nobody runs it, and it has to be settled.
      slot.again = true;
      throw error;
    } finally {
      drive(sessionId, slot, turn ? { turn, access } : undefined);
    }
  };

  // The slot stays until the session is detached: a prompt that comes meanwhile must not attach it in parallel.
  // A lease that cannot be given back now is renewed no more, and runs out.
  async function letGo(sessionId: string, slot: Slot): Promise<void> {
    slot.busy = true;
    const { waits } = slot.runner;
    await slot.runner.release().catch((error: unknown) => {
      logger.warn({ sessionId, err: error }, "lease not given back");
    });
    close(sessionId, slot);
    if (waits) bell.ringOthers(QUEUE_TOPIC);
    if (slot.again) kick(sessionId);
  }

  function detach(sessionId: string, slot: Slot): void {
    slot.busy = true;
    tasks.run(`detach ${sessionId}`, () => letGo(sessionId, slot));
  }

  function detachIdle(idleMs: number): void {
    const before = clock.monotonicMs() - idleMs;
    for (const [sessionId, slot] of slots) {
      if (slot.busy || (slot.runner.idleSince > before && !slot.runner.shouldLeave)) continue;
      detach(sessionId, slot);
    }
  }

  function accompany(): void {
    for (const [sessionId, { runner }] of slots) {
      if (runner.isRunning) tasks.run(`accompany ${sessionId}`, () => runner.accompany());
    }
  }

  // What a server may keep in memory is shared evenly by the processes that run turns: none asks the others.
  function makeRoom(serverId: string): void {
    const workers = 1 + processes.others().filter((other) => other.runsTurns).length;
    const there = [...slots].filter(([, { runner }]) => runner.serverId === serverId);
    const idle = there.filter(([, { busy, runner }]) => !busy && !runner.waits);
    const tooMany = Math.max(0, there.length - Math.ceil(limits.sessionsPerServer / workers));
    const longest = idle.toSorted(([, a], [, b]) => a.runner.idleSince - b.runner.idleSince);
    for (const [sessionId, slot] of longest.slice(0, tooMany)) detach(sessionId, slot);
  }

  startUpkeep(
    { ...deps, queue },
    {
      kick,
      detachIdle: () => detachIdle(IDLE_DETACH_MS),
      accompany,
      leased: () => [...slots].filter(([, slot]) => slot.runner.holdsLease).map(([sessionId]) => sessionId),
    },
  );

  return {
    begin,
    admission: queue.admission,
    announce(sessionId) {
      if (runsTurns && !draining) kick(sessionId);
      else bell.ringOthers(QUEUE_TOPIC);
      bell.ringOthers(runnerTopic(sessionId));
    },
    kick,
    load: () => ({
      held: slots.size,
      running: [...slots.values()].filter((slot) => slot.runner.isRunning).length,
    }),
    drain: () =>
      new Promise((resolve) => {
        draining = true;
        idle = resolve;
        detachIdle(0);
        if (slots.size === 0) resolve();
      }),
    takesTurns: () => (runsTurns && !draining) || processes.others().some((other) => other.runsTurns),
    async stop() {
      await Promise.all([
        standbys.stop(),
        ...[...slots].map(([sessionId, slot]) => {
          close(sessionId, slot);
          return slot.runner.release().catch(() => {});
        }),
      ]);
      await processes.leave().catch(() => {});
    },
  };
}
