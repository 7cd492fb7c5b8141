// Run to fill a database with what a team leaves behind, for screenshots, tests and measurements: `npm run seed`. Makes 200
// people, 10,000 sessions and 90 days of turns, in the database of DATABASE_URL, else in the embedded one of DATA_DIR
// (`DATA_DIR=.data/demo` is the demo's, `.data/dev` that of `npm run dev`). The people of the stand-in for GitHub are among
// them, so mona, hubot and octocat find their sessions when they sign in. `-- --people N --sessions N --days N` make more
// or fewer; `--events-per-session N` longer or shorter conversations; `--seed N` other ones, the same each time; `--force`
// adds to a database in which somebody has sessions.
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { migrate } from "@/server/db/migrate";
import { withDatabase } from "./lib/database";
import { fill, hasSessions } from "./lib/seed/fill";
import { messageOf, note, step } from "./lib/steps";

/** From so many sessions on, conversations are short: it is their number that counts. */
const MANY_SESSIONS = 100_000;
const EVENTS_PER_SESSION = 20;
const EVENTS_PER_SESSION_OF_MANY = 7.5;
/** The server that the app starts itself. */
const SUPERVISED = "local";

const { values } = parseArgs({
  options: {
    people: { type: "string", default: "200" },
    sessions: { type: "string", default: "10000" },
    days: { type: "string", default: "90" },
    "events-per-session": { type: "string" },
    seed: { type: "string", default: "1" },
    force: { type: "boolean", default: false },
  },
});

function numberOf(name: string, text: string, min: number): number {
  const number = Number(text);
  if (Number.isFinite(number) && number >= min) return number;
  console.error(`--${name} takes a number from ${min}.`);
  process.exit(1);
}

const sessions = Math.floor(numberOf("sessions", values.sessions, 1));
const wanted = {
  people: Math.floor(numberOf("people", values.people, 3)),
  sessions,
  days: Math.floor(numberOf("days", values.days, 1)),
  seed: Math.floor(numberOf("seed", values.seed, 0)),
  eventsPerSession: values["events-per-session"]
    ? numberOf("events-per-session", values["events-per-session"], 1)
    : sessions < MANY_SESSIONS
      ? EVENTS_PER_SESSION
      : EVENTS_PER_SESSION_OF_MANY,
  until: new Date(),
};

if (existsSync(".env")) process.loadEnvFile(".env");
const dataDir = path.resolve(process.env.DATA_DIR ?? ".data");
const servers = (process.env.CLI_URL ?? "").split(",").flatMap((address) => address.trim() || []);

async function seed(url: string): Promise<void> {
  await migrate(url, process.cwd());
  if (!values.force && (await hasSessions(url))) {
    throw new Error("Somebody has sessions in this database. Name an empty one, or add to it with --force.");
  }
  await fill(url, { ...wanted, servers: servers.length > 0 ? servers : [SUPERVISED] }, step);
  note(`${wanted.people} people, ${wanted.sessions} sessions, ${wanted.days} days.`);
}

try {
  await withDatabase({ env: process.env, dataDir }, seed);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
