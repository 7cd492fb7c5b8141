import { randomUUID } from "node:crypto";
import pino from "pino";
import type { WireEvent } from "@/lib/events/wire";
import { createBell } from "@/server/db/bell";
import { mayActSql, roleSql } from "@/server/domain/accounts/store";
import type { Credentials, IdentityMode } from "@/server/domain/credentials/types";
import type { Egress } from "@/server/egress/types";
import { systemClock } from "@/server/platform/clock";
import { randomIds } from "@/server/platform/ids";
import type { Actor, OwnerId } from "@/server/platform/scope";
import { Secret } from "@/server/platform/secret";
import { createTasks } from "@/server/platform/tasks";
import { createRooms, type Rooms } from "@/server/runtime/rooms";
import { createTestCrypto } from "@/tests/fakes/crypto";
import { OPEN_EGRESS } from "@/tests/fakes/egress";
import type { CopilotForTests } from "./copilot";
import { auditOf, createPerson, type TestDatabase } from "./database";
import { hasEnded, NO_JOB_LIMITS, NO_LIMITS, watchUntil } from "./process";
import { NO_LISTS, NO_QUOTA } from "./services";

const TASK_GRACE_MS = 10_000;

export type TestFlightdeck = Rooms & {
  /** A person with a working GitHub token at the stand-in. */
  person(login: "mona" | "hubot" | "octocat"): Promise<Actor>;
  /** Sends a prompt and resolves with every event of the session once the turn has ended. */
  converse(actor: Actor, sessionId: string, prompt: string): Promise<WireEvent[]>;
  /** Other processes see this one no more, as after SIGKILL. */
  vanish(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

type Choices = {
  identityMode?: IdentityMode;
  egress?: Egress;
  /** Why nobody's token can be had. */
  noToken?: Error;
};

/** Sessions, turns and fleet as in a process of the app, with tokens straight from the stand-in. */
export async function startTestFlightdeck(
  database: TestDatabase,
  copilot: CopilotForTests,
  { identityMode = "user", egress = OPEN_EGRESS, noToken }: Choices = {},
): Promise<TestFlightdeck> {
  const log = pino({ level: process.env.TEST_LOG_LEVEL ?? "silent" });
  const tasks = createTasks(log);
  const processId = randomUUID();
  const bell = createBell({ url: database.url, processId, clock: systemClock, log });
  const tokens = new Map<string, Secret>();
  const accessToken: Credentials["accessToken"] = async (owner) => {
    if (noToken) throw noToken;
    return tokens.get(owner) ?? new Secret("gho_unknown");
  };
  const credentials: Credentials = {
    identityMode,
    store: async () => {},
    forget: async () => {},
    accessToken,
    copilotIdentity: async (owner) =>
      identityMode === "service" ? { kind: "service" } : { kind: "user", token: await accessToken(owner) },
    reject: async () => {},
    status: async () => "active",
  };
  const rooms = createRooms({
    db: database.db,
    bell,
    pool: copilot.pool,
    audit: auditOf(database.db),
    crypto: createTestCrypto(),
    accounts: { roleSql: roleSql(NO_LISTS), mayActSql: mayActSql(NO_LISTS) },
    credentials,
    egress,
    tasks,
    clock: systemClock,
    ids: randomIds,
    log,
    processId,
    role: "all",
    limits: NO_LIMITS,
    jobLimits: NO_JOB_LIMITS,
    storedSessions: NO_QUOTA,
    defaultModel: "",
    transcripts: "closed",
    cleanupAt: "03:30",
  });
  return {
    ...rooms,
    vanish: () => bell.stop(),
    async person(login) {
      const known = await database.db.user.findUnique({ where: { login } });
      const ownerId = (known?.id as OwnerId | undefined) ?? (await createPerson(database.db, login));
      if (!tokens.has(ownerId)) tokens.set(ownerId, new Secret(copilot.github.issueToken(login)));
      return { kind: "user", ownerId, login, role: "user", address: null, token: null };
    },
    async converse(actor, sessionId, prompt) {
      const { turnId, seq } = await rooms.turns.send(actor, {
        sessionId,
        prompt,
        idempotencyKey: randomUUID(),
      });
      const watched = { process: rooms, actor, sessionId, afterSeq: seq - 1 };
      return watchUntil(watched, hasEnded(turnId));
    },
    [Symbol.asyncDispose]: async () => {
      const left = await tasks.stop(TASK_GRACE_MS);
      await rooms.runner.stop();
      await bell.stop();
      if (left.length > 0) throw new Error(`tasks did not end: ${left.join(", ")}`);
    },
  };
}
