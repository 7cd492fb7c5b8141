import { NO_ANSWER } from "@/server/copilot/connection";
import type { App } from "./app";
import type { BellHub } from "./bell";
import type { CliServer } from "./cli/cli-server";
import type { Random } from "./core/random";
import type { Scheduler } from "./core/scheduler";
import type { ModelDatabase } from "./database/model-database";
import type { FaultPlan } from "./plan";

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

const LOST_STATEMENTS_MAX = 6;
const LOOK_MS = 200;
/** A process that stood still for longer may give its connections up before it reads what is waiting there. */
const STILL_NOTICED_MS = 5_000;

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

  #strike(plan: FaultPlan): void {
    const { apps, servers } = this.#parts;
    const app = apps[plan.target % apps.length] as App;
    const server = servers[plan.target % servers.length] as CliServer;
    switch (plan.kind) {
      case "app killed":
      case "app drained":
      case "app stopped":
      case "app's statements lost":
      case "app's bell cut":
      case "CLI connection cut":
        return this.#strikeApp(plan, app);
      case "CLI server killed":
      case "CLI server stopped":
      case "CLI server drained":
        return this.#strikeServer(plan, server);
      case "database away":
        return this.#strikeDatabase(plan);
    }
  }

  #strikeApp({ kind, lastsMs }: FaultPlan, app: App): void {
    const { random, database } = this.#parts;
    const { life } = app;
    if (!life) return;
    const { client, bell, links } = life;
    this.#parts.note(kind, app.name);
    switch (kind) {
      case "app killed":
        app.kill();
        return this.#mend(lastsMs, () => app.start());
      case "app drained":
        void life.end();
        return this.#mend(lastsMs, () => this.#startAgain(app, life));
      case "app stopped":
        client.actor.standStill();
        return this.#mend(lastsMs, () => {
          const isNoticed = lastsMs > STILL_NOTICED_MS;
          for (const link of links) if (isNoticed && random.chance(0.5)) link.close(NO_ANSWER);
          client.actor.goOn();
        });
      case "app's statements lost":
        return database.lose(client, random.whole(1, LOST_STATEMENTS_MAX));
      case "app's bell cut":
        return bell.disconnect();
      default:
        if (links.size > 0) random.pick([...links]).cut();
    }
  }

  #startAgain(app: App, life: App["life"]): void {
    // It may still be finishing a turn; or something else killed it, which starts it again.
    if (app.life === life) return this.#mend(LOOK_MS, () => this.#startAgain(app, life));
    if (!app.life) app.start();
  }

  #strikeServer({ kind, lastsMs }: FaultPlan, server: CliServer): void {
    const { drainingServers } = this.#parts.database.tables;
    const { actor } = server;
    if (kind === "CLI server drained") {
      this.#parts.note(kind, server.id);
      drainingServers.add(server.id);
      return this.#mend(lastsMs, () => drainingServers.delete(server.id));
    }
    if (server.isDown || (actor.isStill && kind === "CLI server stopped")) return;
    this.#parts.note(kind, server.id);
    if (kind === "CLI server killed") {
      server.crash();
      return this.#mend(lastsMs, () => server.restart());
    }
    server.hang();
    this.#mend(lastsMs, () => {
      if (server.actor === actor && !server.isDown) server.wake();
    });
  }

  #strikeDatabase({ kind, lastsMs }: FaultPlan): void {
    const { database, hub } = this.#parts;
    if (database.isAway) return;
    this.#parts.note(kind, "database");
    database.goAway();
    hub.disconnectAll();
    this.#mend(lastsMs, () => database.comeBack());
  }

  #mend(afterMs: number, mend: () => void): void {
    this.broken += 1;
    this.#parts.scheduler.after(afterMs, () => {
      this.broken -= 1;
      mend();
    });
  }
}
