import { randomUUID } from "node:crypto";
import pino from "pino";
import type { WireEvent } from "@/lib/events/wire";
import { createBell } from "@/server/db/bell";
import { roleSql } from "@/server/domain/accounts/store";
import type { Credentials } from "@/server/domain/credentials/types";
import { systemClock } from "@/server/platform/clock";
import { randomIds } from "@/server/platform/ids";
import type { Actor, OwnerId } from "@/server/platform/scope";
import { Secret } from "@/server/platform/secret";
import { createTasks } from "@/server/platform/tasks";
import { createRooms, type Rooms } from "@/server/runtime/rooms";
import { createTestCrypto } from "@/tests/fakes/crypto";
import type { CopilotForTests } from "./copilot";
import { auditOf, createPerson, type TestDatabase } from "./database";
import { hasEnded, NO_LIMITS, watchUntil } from "./process";
import { NO_LISTS } from "./services";

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

/** Sessions, turns and fleet as in a process of the app, with tokens straight from the stand-in. */
export async function startTestFlightdeck(
  database: TestDatabase,
  copilot: CopilotForTests,
): Promise<TestFlightdeck> {
  const log = pino({ level: process.env.TEST_LOG_LEVEL ?? "silent" });
  const tasks = createTasks(log);
  const processId = randomUUID();
  const bell = createBell({ url: database.url, processId, clock: systemClock, log });
  const tokens = new Map<string, Secret>();
  const credentials: Credentials = {
    store: async () => {},
    forget: async () => {},
    accessToken: async (owner) => tokens.get(owner) ?? new Secret("gho_unknown"),
    reject: async () => {},
    status: async () => "active",
  };
  const rooms = createRooms({
    db: database.db,
    bell,
    pool: copilot.pool,
    audit: auditOf(database.db),
    crypto: createTestCrypto(),
    accounts: { roleSql: roleSql(NO_LISTS) },
    credentials,
    tasks,
    clock: systemClock,
    ids: randomIds,
    log,
    processId,
    role: "all",
    limits: NO_LIMITS,
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
