import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, beforeEach } from "vitest";
import type { TurnRef } from "@/lib/contracts/turns";
import type { EventData, WireEvent } from "@/lib/events/wire";
import type { Actor } from "@/server/platform/scope";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import type { FakeServer, Prompted } from "@/tests/fakes/copilot-types";
import { createTestDatabase, type TestDatabase } from "./database";
import { createActor, hasEnded, startTestProcess, type TestProcess, textsOf, watchUntil } from "./process";

const EVENTS_MAX = 1_000;

/** One process of the app with one session, on a fake pool, whose first server is `cli`; all new for each test. Say
 *  what it is in a describe block or at the top of a file. A task that leaked fails the test. */
export class OneSession {
  database!: TestDatabase;
  pool!: FakePool;
  app!: TestProcess;
  mona!: Actor;
  sessionId!: string;

  constructor(servers: string[]) {
    beforeAll(async () => {
      this.database = await createTestDatabase();
      return () => this.database[Symbol.asyncDispose]();
    });
    beforeEach(async () => {
      this.pool = createFakePool(...servers);
      this.app = startTestProcess(this.database, this.pool);
      this.mona = await createActor(this.database);
      this.sessionId = (await this.app.sessions.create(this.mona, { title: "named" })).id;
    });
    afterEach(() => this.app[Symbol.asyncDispose]());
  }

  get cli(): FakeServer {
    return this.pool.first;
  }

  prompt(prompt: string, idempotencyKey: string = randomUUID()): Promise<TurnRef> {
    return this.app.turns.send(this.mona, { sessionId: this.sessionId, prompt, idempotencyKey });
  }

  /** Sends a prompt; answers with its turn's id. */
  async send(prompt = "hello"): Promise<string> {
    return (await this.prompt(prompt)).turnId;
  }

  /** A turn whose prompt the CLI has taken and not answered. */
  async running(prompt = "long"): Promise<Prompted & { turnId: string }> {
    this.cli.autoAnswer = false;
    const turnId = await this.send(prompt);
    const prompted = await this.cli.prompted();
    this.cli.autoAnswer = true;
    return { turnId, ...prompted };
  }

  until(test: (events: WireEvent[]) => boolean, process = this.app): Promise<WireEvent[]> {
    return watchUntil({ process, actor: this.mona, sessionId: this.sessionId }, test);
  }

  ended(turnId: string, process = this.app): Promise<WireEvent[]> {
    return this.until(hasEnded(turnId), process);
  }

  async endOf(turnId: string): Promise<EventData<"turn.ended"> | undefined> {
    const end = (await this.ended(turnId)).findLast((event) => event.type === "turn.ended");
    return end?.type === "turn.ended" ? end.data : undefined;
  }

  has(type: WireEvent["type"]): Promise<WireEvent[]> {
    return this.until((events) => events.some((event) => event.type === type));
  }

  /** The texts of all turns as the log has them. */
  async stored(): Promise<string[]> {
    return textsOf(await this.app.log.read(this.sessionId, { afterSeq: 0, limit: EVENTS_MAX }));
  }

  /** What a CLI server was asked about the session, in order. */
  methods(server: FakeServer | undefined = this.cli): string[] {
    return server.calls.filter((call) => call.sessionId === this.sessionId).map((call) => call.method);
  }
}

export const delta = (text: string, messageId = "m") => ({ kind: "delta", messageId, text }) as const;

export const noticesOf = (events: WireEvent[]) =>
  events.flatMap((event) => (event.type === "turn.notice" ? [event.data.code] : []));
