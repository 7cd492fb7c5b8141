import { setMaxListeners } from "node:events";
import type { Connection } from "@/server/copilot/connection";
import { createServer } from "@/server/copilot/server";
import type { CopilotPool } from "@/server/copilot/types";
import type { Credentials } from "@/server/domain/credentials/types";
import { createFleet } from "@/server/domain/fleet/service";
import type { FleetStore } from "@/server/domain/fleet/store";
import type { Fleet } from "@/server/domain/fleet/types";
import { createEventLogOn } from "@/server/domain/sessions/event-log";
import { createProcesses } from "@/server/domain/sessions/processes";
import type { EventLog, ProcessRole } from "@/server/domain/sessions/types";
import { createRunner, type Runner } from "@/server/domain/turns/runner";
import { createTurns } from "@/server/domain/turns/service";
import type { Limits, Turns } from "@/server/domain/turns/types";
import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import { Secret } from "@/server/platform/secret";
import { createTasks, type Tasks } from "@/server/platform/tasks";
import { createTestCrypto } from "@/tests/fakes/crypto";
import type { BellHub } from "./bell";
import type { CliServer } from "./cli/cli-server";
import type { Home } from "./cli/home";
import { Link } from "./cli/link";
import { Actor, clockOf } from "./core/actor";
import type { Random } from "./core/random";
import type { Sabotage } from "./core/sabotage";
import type { Scheduler } from "./core/scheduler";
import type { Trace } from "./core/trace";
import { createEventRows } from "./database/event-rows";
import { createModelLeases } from "./database/leases";
import type { DbClient, ModelDatabase } from "./database/model-database";
import { createProcessDb } from "./database/processes";
import { createModelTurnStore } from "./database/turn-store";

export type AppParts = {
  scheduler: Scheduler;
  random: Random;
  trace: Trace;
  sabotage: Sabotage | null;
  database: ModelDatabase;
  hub: BellHub;
  servers: readonly CliServer[];
  home: Home;
  limits: Limits;
};

type ProcessBell = ReturnType<BellHub["open"]>;

/** What a running process of the app offers. */
export type Services = {
  turns: Turns;
  runner: Runner;
  log: EventLog;
  bell: ProcessBell;
  fleet: Fleet;
  clock: Clock;
};

/** One start of a process, from its boot to its end. */
export type Life = {
  client: DbClient;
  bell: ProcessBell;
  links: Set<Link>;
  /** Undefined while it boots. */
  services: Services | undefined;
  /** Streams to clients end when it aborts. */
  stopping: AbortController;
  /** Its connections to clients break when it aborts. */
  gone: AbortController;
  end(): Promise<void>;
};

const BOOT_MS = [5, 400] as const;
const TASKS_GRACE_MS = 8_000;

/** One process of the app: the product's own code, on the model's database, bell and CLI servers. It can be killed,
 *  stopped, drained and started again. */
export class App {
  readonly name: string;
  readonly #role: ProcessRole;
  readonly #parts: AppParts;
  #life: Life | undefined;

  constructor(name: string, role: ProcessRole, parts: AppParts) {
    this.name = name;
    this.#role = role;
    this.#parts = parts;
  }

  /** The life that goes on now; undefined while there is none. */
  get life(): Life | undefined {
    return this.#life;
  }

  start(): void {
    const { scheduler, random, hub } = this.#parts;
    const actor = new Actor(scheduler, random);
    const processId = random.uuid();
    const client = { actor, name: this.name, processId };
    const bell = hub.open(actor, processId);
    const tasks = createTasks(this.#logger(), clockOf(actor));
    const life: Life = {
      ...{ client, bell, links: new Set(), services: undefined },
      ...{ stopping: new AbortController(), gone: new AbortController() },
      end: () => this.#shutDown(life, tasks),
    };
    this.#life = life;
    setMaxListeners(0, life.gone.signal, life.stopping.signal);
    void bell.ready.then(() =>
      actor.timer(random.between(...BOOT_MS), () => {
        life.services = this.#wire(life, tasks);
      }),
    );
  }

  /** As by SIGKILL: nothing of it goes on. */
  kill(): void {
    const life = this.#life;
    if (!life) return;
    this.#life = undefined;
    life.client.actor.end();
    life.bell.vanish();
    for (const link of life.links) link.hangUp();
    life.gone.abort("killed");
  }

  #shutDown(life: Life, tasks: Tasks): Promise<void> {
    const { runner, clock } = life.services ?? {};
    const drainMs = this.#parts.random.pick([0, 500, 5_000, 30_000]);
    const finish = async () => {
      if (runner && clock) await Promise.race([runner.drain(), clock.sleep(drainMs)]);
      life.stopping.abort("shutting down");
      await tasks.stop(TASKS_GRACE_MS);
      await runner?.stop();
      await life.bell.stop();
      if (this.#life === life) this.kill();
    };
    return finish();
  }

  #wire({ client, bell, links }: Life, tasks: Tasks): Services {
    const { random, database, hub, sabotage } = this.#parts;
    const { actor, processId } = client;
    const clock = clockOf(actor);
    const logger = this.#logger();
    const log = createEventLogOn(createEventRows({ database, client, random, sabotage }), clock);
    const leases = createModelLeases(database, client);
    const db = createProcessDb(database, client, hub.isPresent);
    const processes = createProcesses({ db, bell, clock, self: { id: processId, role: this.#role } });
    const store = createModelTurnStore(database, client);
    const credentials = this.#credentials(client);
    const fleet = createFleet({
      pool: this.#pool({ client, links, tasks, clock, logger }),
      store: this.#fleetStore(client),
      crypto: createTestCrypto(),
      turnsPerServer: this.#parts.limits.turnsPerServer,
      providers: { models: async () => [] },
      ...{ credentials, clock, tasks, log: logger, defaultModel: "" },
    });
    const { limits } = this.#parts;
    const ids = { uuid: () => random.uuid() };
    const runner = createRunner({
      ...{
        limits,
        ids,
        store,
        log,
        leases,
        processes,
        fleet,
        credentials,
        providers: { access: credentials.copilotIdentity },
        bell,
        clock,
        logger,
        tasks,
        processId,
      },
      random: random.next,
      runsTurns: this.#role !== "web",
      defaultModel: null,
    });
    return { turns: createTurns({ store, log, runner, bell, ids, limits }), runner, log, bell, fleet, clock };
  }

  // Servers are drained by a fault; nobody administrates here.
  #fleetStore(client: DbClient): FleetStore {
    const { database } = this.#parts;
    const row = (id: string) => ({ id, draining: true, added: false, token: null, removedAt: null });
    return {
      servers: () =>
        database.query(client, "draining servers", () => [...database.tables.drainingServers].map(row)),
      activeTurns: async () => new Map(),
      loads: async () => [],
      waitingTurns: async () => 0,
      add: async () => false,
      setDraining: async () => {},
      remove: async () => false,
      record: async () => {},
    };
  }

  #credentials(client: DbClient): Credentials {
    const { database } = this.#parts;
    const accessToken: Credentials["accessToken"] = (owner) =>
      database.query(client, "token", () => new Secret(owner));
    return {
      identityMode: "user",
      store: async () => {},
      forget: async () => {},
      accessToken,
      copilotIdentity: async (owner) => ({ kind: "user", token: await accessToken(owner) }),
      reject: async () => {},
      status: async () => "active",
    };
  }

  #pool(own: { client: DbClient; links: Set<Link>; tasks: Tasks; clock: Clock; logger: Log }): CopilotPool {
    const { servers, home, random } = this.#parts;
    const { client, links, tasks, clock, logger: log } = own;
    const listeners = new Set<() => void>();
    const onChange = () => {
      for (const listener of listeners) listener();
    };
    const connectTo = async (server: CliServer): Promise<Connection> => {
      await clock.sleep(random.between(0.5, 20));
      if (server.isDown) throw new Error("connect ECONNREFUSED");
      const link = new Link({ app: client.actor, server, home, random });
      links.add(link);
      return link.open();
    };
    const managed = servers.map((server) =>
      createServer({
        id: server.id,
        endpoint: async () => ({ address: server.id, token: new Secret("") }),
        connect: () => connectTo(server),
        ...{ onChange, clock, log },
      }),
    );
    for (const server of managed) tasks.run(`cli connection ${server.id}`, (signal) => server.run(signal));
    return {
      servers: managed,
      add: () => {},
      remove: () => {},
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
  }

  #logger(): Log {
    const { trace } = this.#parts;
    const write = (fields: { err?: unknown }, text: string) =>
      trace.note(() => {
        const { err, ...rest } = fields;
        const cause = err instanceof Error && err.cause instanceof Error ? `: ${err.cause.message}` : "";
        const why = err instanceof Error ? ` (${err.message}${cause})` : "";
        return `${this.name} log: ${text}${why} ${JSON.stringify(rest)}`;
      });
    return { info: write, warn: write, error: write, debug: write } as unknown as Log;
  }
}
