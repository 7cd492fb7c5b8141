import { fill } from "@/scripts/lib/seed/fill";
import { createDb } from "@/server/db/client";
import { createFlightdeckArm } from "../arms/flightdeck-arm";
import type { FlightdeckClient } from "../arms/flightdeck-client";
import type { BenchStack } from "../stack";
import { type CleanUpResult, measureCleanUp } from "./clean-up";
import { type AdminCase, measureAsks } from "./lists";

export type AdministrationResult = {
  sessions: number;
  people: number;
  days: number;
  cases: AdminCase[];
  cleanUp: CleanUpResult;
};

type Options = {
  stack: BenchStack;
  /** Signed in as an administrator. */
  client: FlightdeckClient;
  sessions: number;
  samples: number;
  expired: number;
  quietSeconds: number;
  seed: number;
  random(): number;
};

const PEOPLE = 200;
const DAYS = 90;
const EVENTS_PER_SESSION = 7.5;

/** What administrators wait for on a large database, made as by `npm run seed`. It removes all sessions before. */
export async function measureAdministration(options: Options): Promise<AdministrationResult> {
  const { stack, client, sessions, samples, expired, quietSeconds, seed, random } = options;
  const db = createDb(stack.databaseUrl);
  const until = new Date();
  // Not one that there is: it would say that it has none of these conversations, and a clean-up would settle each.
  const server = "cli.example.com:4321";
  try {
    await db.$executeRaw`TRUNCATE "CopilotSession" CASCADE`;
    await fill(stack.databaseUrl, {
      ...{ people: PEOPLE, sessions, days: DAYS, eventsPerSession: EVENTS_PER_SESSION },
      ...{ servers: [server], seed, until },
    });
    // As in a database that has grown: else what is measured is beside the upkeep of a million rows that came at once.
    await db.$executeRaw`VACUUM ANALYZE`;
    await db.$executeRaw`CHECKPOINT`;
    const cases = await measureAsks({ client, until, samples, server, random });
    const arm = createFlightdeckArm(client, stack.appPid);
    const cleanUp = await measureCleanUp({ client, arm, db, wanted: expired, quietSeconds });
    return { sessions, people: PEOPLE, days: DAYS, cases, cleanUp };
  } finally {
    await db.$disconnect();
  }
}
