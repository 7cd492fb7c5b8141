import { every } from "@/server/platform/every";
import type { Tasks } from "@/server/platform/tasks";
import { type Lease, runnerTopic, type StandbyDuty, standbyTopic } from "../sessions/types";
import type { RunnerDeps } from "./deps";
import { Heard } from "./heard";
import { earlierThan, type Place } from "./seat";
import { STANDBY_CHECK_MS, STANDBY_WAIT_MS } from "./tunables";

/** A place that a standby holds: attached since before the prompt, it has heard all of the turn; attached later, its end. */
export type StandbyPlace = { place: Place; heard: Heard };

/** Sessions that another process drives, and for which this one stands by: attached on the CLI server, so that a turn
 *  goes on while its runner dies. */
export type Standbys = {
  /** Has another process stand by for a session that this one drives, and waits until it does, `STANDBY_WAIT_MS` at
   *  most. Does nothing where there is no other process, or one stands by already and the session is where it was
   *  (`isNewPlace` is false). Never throws. */
  arrange(lease: Pick<Lease, "sessionId" | "fence">, isNewPlace: boolean): Promise<void>;
  /** Has nobody stand by for a session that this process drives: what it asks its model with is known here alone. */
  forgo(lease: Pick<Lease, "sessionId" | "fence">): Promise<void>;
  /** Tells the standby of a session that it is not needed any more. */
  dismiss(sessionId: string): void;
  /** Hands over the place of a session that this process drives from now on. Waits where that is just being attached or
   *  let go, so that the session can be attached afterwards. Never throws. */
  take(sessionId: string): Promise<StandbyPlace | null>;
  stop(): Promise<void>;
};

/** `drives`: whether this process has a place of its own for a session. A connection holds a session once, so it cannot
 *  stand by for itself, also while it is still letting go. */
type Deps = RunnerDeps & { tasks: Tasks; processId: string; drives(sessionId: string): boolean };
/** `held`: null until it is attached, which `attached` waits for. `left`: set once it is let go. */
type Entry = {
  duty: StandbyDuty;
  held: StandbyPlace | null;
  attached: Promise<void>;
  left: Promise<void> | null;
};

const isSame = (one: StandbyDuty, other: StandbyDuty | undefined) =>
  one.fence === other?.fence && one.cliServer === other.cliServer && one.cliSession === other.cliSession;

export function createStandbys(deps: Deps): Standbys {
  const { processId, processes, leases, log, bell, fleet, clock, logger, random, tasks, drives } = deps;
  const entries = new Map<string, Entry>();
  /** Who stands by for the sessions of this process. */
  const named = new Map<string, string>();

  async function hold(duty: StandbyDuty): Promise<StandbyPlace | null> {
    const { sessionId, cliServer } = duty;
    const server = cliServer === null ? undefined : fleet.find(cliServer);
    if (!server) return null;
    const heard = new Heard();
    const ears: Pick<Place, "hear"> = { hear: heard.accept };
    const attachment = await server.attach({
      sessionId,
      cliSession: duty.cliSession,
      model: null,
      access: null,
      resume: "join",
      // What a second client joins with holds for the session as a whole.
      earlier: await earlierThan(log, duty),
      onSignal: (said) => ears.hear(said),
    });
    return {
      place: Object.assign(ears, {
        attachment,
        serverId: server.id,
        cliSession: duty.cliSession,
        access: null,
        model: null,
        isQuiet: false,
      }),
      heard,
    };
  }

  async function confirm({ sessionId, fence }: StandbyDuty): Promise<void> {
    await leases.confirmStandby(sessionId, fence);
    bell.ring(runnerTopic(sessionId));
  }

  function forget(entry: Entry): void {
    const { sessionId } = entry.duty;
    if (entries.get(sessionId) === entry) entries.delete(sessionId);
  }

  async function attach(entry: Entry): Promise<void> {
    try {
      entry.held = await hold(entry.duty);
    } catch (error) {
      forget(entry);
      logger.info({ sessionId: entry.duty.sessionId, err: error }, "cannot stand by");
    }
  }

  // Listed until it is detached: what this connection attaches meanwhile would be detached with it.
  async function leave(entry: Entry): Promise<void> {
    await entry.attached;
    await entry.held?.place.attachment.detach();
    forget(entry);
  }
  const drop = (entry: Entry): Promise<void> => (entry.left ??= leave(entry));

  async function sync(): Promise<void> {
    const duties = new Map((await leases.standingBy()).map((duty) => [duty.sessionId, duty]));
    for (const [sessionId, entry] of entries) {
      const duty = duties.get(sessionId);
      const isLost = entry.held?.place.attachment.lost.aborted ?? false;
      if (isLost || !isSame(entry.duty, duty)) await drop(entry);
      else if (entry.held && duty && duty.standbyFence !== duty.fence) await confirm(duty);
    }
    for (const duty of duties.values()) {
      if (entries.has(duty.sessionId) || drives(duty.sessionId)) continue;
      const entry: Entry = { duty, held: null, attached: Promise.resolve(), left: null };
      entries.set(duty.sessionId, entry);
      entry.attached = attach(entry);
      tasks.run(`standby ${duty.sessionId}`, async () => {
        await entry.attached;
        if (entry.held && !entry.left) await confirm(duty);
      });
    }
  }

  bell.listen(standbyTopic(processId), () => tasks.run("standby", sync));
  // Also where nothing is held yet: a duty may have come while this process was still letting go of the session.
  tasks.run("standby check", (signal) =>
    every("standby check", { clock, log: logger, ms: STANDBY_CHECK_MS, signal }, sync),
  );

  async function waitFor(sessionId: string, fence: number): Promise<void> {
    const given = new AbortController();
    const unlisten = bell.listen(runnerTopic(sessionId), () => {
      tasks.run("standby ready", async () => {
        if (await leases.standsBy(sessionId, fence)) given.abort("ready");
      });
    });
    await clock.sleep(STANDBY_WAIT_MS, given.signal);
    unlisten();
  }

  function dismiss(sessionId: string): void {
    const standby = named.get(sessionId);
    named.delete(sessionId);
    if (standby !== undefined) bell.ringOthers(standbyTopic(standby));
  }

  return {
    async forgo({ sessionId, fence }) {
      await leases.setStandby(sessionId, fence, null);
      dismiss(sessionId);
    },
    async arrange({ sessionId, fence }, isNewPlace) {
      const workers = processes.others().flatMap(({ id, runsTurns }) => (runsTurns ? [id] : []));
      const known = workers.find((id) => id === named.get(sessionId));
      if (known !== undefined && !isNewPlace) return;
      const chosen = known ?? workers[Math.floor(random() * workers.length)];
      if (chosen === undefined) return;
      try {
        const ready = waitFor(sessionId, fence);
        named.set(sessionId, chosen);
        await leases.setStandby(sessionId, fence, chosen);
        bell.ringOthers(standbyTopic(chosen));
        await ready;
      } catch (error) {
        named.delete(sessionId);
        logger.info({ sessionId, err: error }, "no standby");
      }
    },
    dismiss,
    async take(sessionId) {
      const entry = entries.get(sessionId);
      if (!entry || entry.left) {
        await entry?.left;
        return null;
      }
      // It is let go no more, whatever the next look finds.
      entry.left = entry.attached;
      await entry.attached;
      forget(entry);
      return entry.held && !entry.held.place.attachment.lost.aborted ? entry.held : null;
    },
    async stop() {
      await Promise.all([...entries.values()].map(drop));
    },
  };
}
