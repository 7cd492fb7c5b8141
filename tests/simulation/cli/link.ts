import { setMaxListeners } from "node:events";
import type { CopilotClient, CopilotSession, SessionConfig, SessionEvent } from "@github/copilot-sdk";
import { bounded, type Connection, NO_ANSWER } from "@/server/copilot/connection";
import { CopilotError } from "@/server/copilot/errors";
import {
  CONNECT_TIMEOUT_MS,
  PING_EVERY_MS,
  PING_TIMEOUT_MS,
  RPC_TIMEOUT_MS,
} from "@/server/copilot/tunables";
import { type Actor, Channel, clockOf } from "../core/actor";
import type { Random } from "../core/random";
import type { CliServer } from "./cli-server";
import type { CliEvent, Home } from "./home";

type Parts = { app: Actor; server: CliServer; home: Home; random: Random };

/** Milliseconds that a server works on a call. */
const WORK = { quick: [0.5, 4], attach: [5, 200], history: [1, 45] } as const;

const SOCKET_CLOSE_MAX_MS = 30;
/** What a process wrote last is read before the end of the connection. */
const READ_TO_THE_END = 0.5;

/** A connection of one process of the app to one CLI server, with the SDK's client on it as far as Flightdeck uses it.
 *  What goes one way arrives in order. */
export class Link {
  readonly #parts: Parts;
  readonly #up: Channel;
  readonly #down: Channel;
  readonly #lost = new AbortController();
  readonly #listeners = new Map<string, (event: SessionEvent) => void>();

  constructor(parts: Parts) {
    const { app, server, random } = parts;
    this.#parts = parts;
    const latencyMs = () => (random.chance(0.02) ? random.spread(5, 150) : random.between(0.1, 3));
    this.#up = new Channel(server.actor, latencyMs);
    this.#down = new Channel(app, latencyMs);
    server.links.add(this);
    setMaxListeners(0, this.#lost.signal);
  }

  /** As server/copilot/connection.ts has it. */
  get connection(): Connection {
    const { app } = this.#parts;
    const clock = clockOf(app);
    const client = this.#client();
    const limit = { ms: RPC_TIMEOUT_MS, lost: this.#lost.signal, what: "a call" };
    return {
      client,
      version: "model",
      lost: this.#lost.signal,
      latencyMs: () => null,
      call: (work) => bounded(clock, work(client), limit),
      close: (reason) => this.close(reason),
    };
  }

  /** Shakes hands. Rejects where the server does not answer. */
  async open(): Promise<Connection> {
    const { app, server } = this.#parts;
    const limit = { ms: CONNECT_TIMEOUT_MS, lost: this.#lost.signal, what: "connect" };
    try {
      await bounded(
        clockOf(app),
        this.#call(WORK.quick, () => {}),
        limit,
      );
      if (server.actor.isStill) this.watchForSilence();
      return this.connection;
    } catch (error) {
      this.close("connect failed");
      throw error;
    }
  }

  /** An event of a session that is attached here. */
  tell(sessionId: string, event: CliEvent): void {
    this.#down.send(() => this.#listeners.get(sessionId)?.(event as unknown as SessionEvent));
  }

  /** The process of the app gives the connection up. */
  close(reason: string): void {
    if (this.#lost.signal.aborted) return;
    this.#down.close();
    this.#lost.abort(reason);
    this.hangUp();
  }

  /** The process's end of the connection is closed. */
  hangUp(): void {
    const { server } = this.#parts;
    // A server that stands still finds this, and what was sent before, when it goes on.
    this.#up.send(() => server.dropLink(this));
  }

  /** The server's end of the connection is closed. */
  loseSoon(reason: string): void {
    const { app, random } = this.#parts;
    if (random.chance(READ_TO_THE_END)) {
      this.#down.send(() => this.close(reason));
      return;
    }
    this.#down.close();
    app.later(random.between(0.1, SOCKET_CLOSE_MAX_MS), () => this.close(reason));
  }

  /** The connection breaks in between, which both ends find out. */
  cut(): void {
    const { server, random } = this.#parts;
    this.#up.close();
    server.actor.later(random.between(0.1, SOCKET_CLOSE_MAX_MS), () => server.dropLink(this));
    this.loseSoon("connection reset");
  }

  /** Closes itself once the server has not answered a ping for too long. */
  watchForSilence(): void {
    const { app, server, random } = this.#parts;
    const { actor } = server;
    app.timer(PING_TIMEOUT_MS + random.between(0, PING_EVERY_MS), () => {
      if (actor.isStill) this.close(NO_ANSWER);
    });
  }

  #call<Result>([fewestMs, mostMs]: readonly [number, number], work: () => Result): Promise<Result> {
    const { server, random } = this.#parts;
    const { actor } = server;
    return new Promise((resolve, reject) => {
      if (this.#lost.signal.aborted)
        return reject(new CopilotError("cli_server_lost", "connection is closed"));
      this.#up.send(() =>
        actor.later(random.between(fewestMs, mostMs), () => {
          try {
            const result = work();
            this.#down.send(() => resolve(result));
          } catch (error) {
            this.#down.send(() => reject(error));
          }
        }),
      );
    });
  }

  #client(): CopilotClient {
    const { server, home, random } = this.#parts;
    const open = (sessionId: string, config: SessionConfig, work: () => void) => {
      if (config.onEvent) this.#listeners.set(sessionId, config.onEvent);
      return this.#call(WORK.attach, work).then(() => this.#session(sessionId));
    };
    const client = {
      rpc: {
        models: { list: () => this.#call(WORK.quick, () => ({ models: [] })) },
        sessions: {
          readPersistedEvents: (wanted: { sessionId: string; direction: string; max: number }) =>
            this.#call(WORK.history, () => ({ events: server.persistedEvents(wanted) })),
          fork: ({ sessionId }: { sessionId: string }) =>
            this.#call(WORK.history, () => ({ sessionId: home.fork(sessionId, random.uuid()) })),
        },
      },
      deleteSession: (sessionId: string) => this.#call(WORK.history, () => home.remove(sessionId)),
      createSession: (config: SessionConfig & { sessionId: string }) =>
        open(config.sessionId, config, () =>
          server.create(this, config.sessionId, config.gitHubToken ?? null),
        ),
      resumeSession: (sessionId: string, config: SessionConfig) =>
        open(sessionId, config, () => server.resume(this, sessionId, config.gitHubToken ?? null)),
    };
    return client as unknown as CopilotClient;
  }

  #session(sessionId: string): CopilotSession {
    const { server } = this.#parts;
    const session = {
      sessionId,
      send: ({ prompt, source }: { prompt: string; source: string }) =>
        this.#call(WORK.history, () => server.send(sessionId, { text: prompt, source })),
      abort: () => this.#call(WORK.quick, () => server.abort(sessionId)),
      setModel: () => this.#call(WORK.quick, () => {}),
      disconnect: async () => {
        const listener = this.#listeners.get(sessionId);
        await this.#call(WORK.history, () => server.detach(this, sessionId));
        if (this.#listeners.get(sessionId) === listener) this.#listeners.delete(sessionId);
      },
      rpc: {
        gitHubAuth: {
          setCredentials: ({ credentials }: { credentials: { token: string } }) =>
            this.#call(WORK.quick, () => server.setToken(sessionId, credentials.token)),
        },
        metadata: {
          activity: () => this.#call(WORK.quick, () => ({ hasActiveWork: server.hasActiveWork(sessionId) })),
        },
        history: {
          truncate: ({ eventId }: { eventId: string }) =>
            this.#call(WORK.history, () => server.truncate(sessionId, eventId)),
        },
      },
    };
    return session as unknown as CopilotSession;
  }
}
