import { NO_ANSWER } from "@/server/copilot/connection";
import type { App } from "./app";
import type { BellHub } from "./bell";
import type { CliServer } from "./cli/cli-server";
import type { Random } from "./core/random";
import type { Scheduler } from "./core/scheduler";
import type { ModelDatabase } from "./database/model-database";
import type { FaultKind, FaultPlan } from "./plan";

type Parts = {
  scheduler: Scheduler;
  random: Random;
  apps: readonly App[];
  servers: readonly CliServer[];
  database: ModelDatabase;
  hub: BellHub;
  /** Is told of each fault that was made. */
  note(name: string, target: string): void;
};

type Victims = Parts & { app: App; server: CliServer; lastsMs: number };
/** `mend` makes good again what broke; false where it is too early for that. */
type Made = { target: string; mend?(): boolean };

const LOST_STATEMENTS_MAX = 6;
const LOOK_MS = 200;
/** A process that stood still for longer may give its connections up before it reads what is waiting there. */
const STILL_NOTICED_MS = 5_000;

const done = (work: () => void) => () => {
  work();
  return true;
};

/** How each fault is made; null where there is nothing that it could hit. */
const FAULTS: Record<FaultKind, (victims: Victims) => Made | null> = {
  "app killed": ({ app }) => {
    if (!app.life) return null;
    app.kill();
    return { target: app.name, mend: done(() => app.start()) };
  },
  "app drained": ({ app }) => {
    const { life } = app;
    if (!life) return null;
    void life.end();
    const mend = () => {
      // It may still be finishing a turn; or something else killed it, which starts it again.
      if (app.life === life) return false;
      if (!app.life) app.start();
      return true;
    };
    return { target: app.name, mend };
  },
  "app stopped": ({ app, random, lastsMs }) => {
    if (!app.life) return null;
    const { client, links } = app.life;
    client.actor.standStill();
    const isNoticed = lastsMs > STILL_NOTICED_MS;
    const mend = () => {
      for (const link of links) if (isNoticed && random.chance(0.5)) link.close(NO_ANSWER);
      client.actor.goOn();
    };
    return { target: app.name, mend: done(mend) };
  },
  "app's statements lost": ({ app, database, random }) => {
    database.lose(app, random.whole(1, LOST_STATEMENTS_MAX));
    return { target: app.name };
  },
  "app's bell cut": ({ app, lastsMs }) => {
    if (!app.life) return null;
    app.life.bell.disconnect(lastsMs);
    return { target: app.name, mend: done(() => {}) };
  },
  "CLI connection cut": ({ app, random }) => {
    const links = [...(app.life?.links ?? [])];
    if (links.length === 0) return null;
    random.pick(links).cut();
    return { target: app.name };
  },
  "CLI server killed": ({ server }) => {
    if (server.isDown) return null;
    server.crash();
    return { target: server.id, mend: done(() => server.restart()) };
  },
  "CLI server stopped": ({ server }) => {
    const { actor } = server;
    if (server.isDown || actor.isStill) return null;
    server.hang();
    const mend = () => {
      if (server.actor === actor && !server.isDown) server.wake();
    };
    return { target: server.id, mend: done(mend) };
  },
  "CLI server drained": ({ server, database }) => {
    const { drainingServers } = database.tables;
    drainingServers.add(server.id);
    return { target: server.id, mend: done(() => drainingServers.delete(server.id)) };
  },
  "database away": ({ database, hub }) => {
    if (database.isAway) return null;
    database.goAway();
    hub.disconnectAll();
    return { target: "database", mend: done(() => database.comeBack()) };
  },
};

/** Makes faults, and makes good again what they broke. */
export class Faults {
  readonly #parts: Parts;
  /** What is broken now and will be made good. */
  broken = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  arrange(plan: FaultPlan): void {
    const { scheduler } = this.#parts;
    const strike = () => this.#strike(plan);
    if ("ms" in plan.at) scheduler.after(plan.at.ms, strike);
    else scheduler.atStep(plan.at.step, strike);
  }

  #strike({ kind, target, lastsMs }: FaultPlan): void {
    const { apps, servers, note } = this.#parts;
    const app = apps[target % apps.length] as App;
    const server = servers[target % servers.length] as CliServer;
    const made = FAULTS[kind]({ ...this.#parts, app, server, lastsMs });
    if (!made) return;
    note(kind, made.target);
    if (made.mend) this.#mendIn(lastsMs, made.mend);
  }

  #mendIn(ms: number, mend: () => boolean): void {
    this.broken += 1;
    this.#parts.scheduler.after(ms, () => {
      if (!mend()) this.#mendIn(LOOK_MS, mend);
      this.broken -= 1;
    });
  }
}
