import type { ModelInfo } from "@github/copilot-sdk";
import type { Model } from "@/lib/contracts/models";
import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import type { Secret } from "@/server/platform/secret";
import { attach, listModels } from "./attachment";
import { CircuitBreaker } from "./circuit-breaker";
import { classifyRejection, isSessionMissing } from "./classify";
import { type Connection, connect as connectTo, NO_ANSWER } from "./connection";
import { CopilotError } from "./errors";
import { whereabouts } from "./journal";
import { LIST_TIMEOUT_MS, RETRY_FIRST_MS, RETRY_LAST_MS } from "./tunables";
import type { CopilotServer, Supervised } from "./types";

/** Where a server is reached now. A supervised one moves to another port with each start. */
export type Endpoint = { address: string; token: Secret };

export type ManagedServer = CopilotServer & {
  /** Keeps a connection open until `signal` aborts: connects, waits for its loss, connects again. */
  run(signal: AbortSignal): Promise<void>;
};

/** Otherwise the CLI makes names that grow with each copy. */
const COPY_NAME = "Flightdeck";

type Options = {
  id: string;
  isSpare?: boolean;
  /** The endpoint, once there is one; rejects where it cannot be had. */
  endpoint(signal: AbortSignal): Promise<Endpoint>;
  onChange(): void;
  /** Called when it answers no more although its process may be there. */
  onHung?(): void;
  supervised?: Supervised;
  /** How a connection is made; a test may have its own way. */
  connect?: typeof connectTo;
  clock: Clock;
  log: Log;
};

// The CLI's own entry "auto" has empty capabilities, whatever the SDK's type says.
function toModel(info: ModelInfo): Model {
  const { limits, supports } = info.capabilities as Partial<ModelInfo["capabilities"]>;
  return {
    id: info.id,
    name: info.name,
    contextTokens: limits?.max_context_window_tokens ?? null,
    multiplier: info.billing?.multiplier ?? null,
    vision: supports?.vision ?? false,
    reasoning: (info.supportedReasoningEfforts?.length ?? 0) > 0,
    provider: null,
  };
}

const isOffered = (info: ModelInfo) => info.policy === undefined || info.policy.state === "enabled";

/** Resolves when `signal` aborts, at once where it has. */
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** One CLI server of the pool. Calls on it reject with `cli_server_lost` while it is not ready. */
export function createServer(options: Options): ManagedServer {
  const { id, isSpare = false, endpoint, onChange, onHung, connect = connectTo, clock, log } = options;
  const { supervised = null } = options;
  const breaker = new CircuitBreaker(clock);
  let attached = 0;
  let connection: Connection | undefined;
  let everReady = false;
  let address = id;
  let upSince: Date | null = null;
  let lostTimes = 0;
  let lastError: string | null = null;
  let isRestarting = false;

  const ready = (): Connection => {
    if (!connection) throw new CopilotError("cli_server_lost", `server ${id} is not ready`);
    return connection;
  };

  async function connectOnce(signal: AbortSignal): Promise<void> {
    const target = await endpoint(signal);
    if (signal.aborted) return;
    const fresh = await connect({ ...target, clock });
    address = target.address;
    connection = fresh;
    everReady = true;
    isRestarting = false;
    upSince = clock.now();
    log.info({ server: id, version: fresh.version }, "CLI server ready");
    onChange();
    const end = () => fresh.close("not needed any more");
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    await aborted(fresh.lost);
    signal.removeEventListener("abort", end);
    connection = undefined;
    attached = 0;
    upSince = null;
    if (!signal.aborted && !isRestarting) {
      breaker.lost();
      lostTimes += 1;
      lastError = String(fresh.lost.reason);
    }
    if (fresh.lost.reason === NO_ANSWER) onHung?.();
    log.warn({ server: id, reason: String(fresh.lost.reason) }, "CLI server lost");
    onChange();
  }

  // Where the answer to a copying was lost, or could not be noted, nobody has attached the copy yet.
  async function newestOf(on: Connection, cliSession: string): Promise<string | null> {
    const at = await whereabouts(on, cliSession, clock);
    if (at.state === "split") return null;
    return at.state === "copied" ? newestOf(on, at.to) : cliSession;
  }

  return {
    id,
    get address() {
      return address;
    },
    isSpare,
    state() {
      if (connection) return breaker.isOpen ? "quarantined" : "ready";
      return everReady ? "down" : "starting";
    },
    version: () => connection?.version ?? null,
    health: () => ({
      latencyMs: connection?.latencyMs() ?? null,
      upSince,
      lostTimes,
      lastError,
      quarantinedUntil: breaker.isOpen ? new Date(clock.now().getTime() + breaker.openForMs) : null,
    }),
    supervised: supervised && {
      ...supervised,
      restart() {
        isRestarting = true;
        return supervised.restart();
      },
    },
    load: () => attached,
    async fork(cliSession) {
      const on = ready();
      try {
        const newest = await newestOf(on, cliSession);
        if (newest !== cliSession) return newest;
        const copy = await on.call((client) =>
          client.rpc.sessions.fork({ sessionId: cliSession, name: COPY_NAME }),
        );
        return copy.sessionId;
      } catch (error) {
        if (classifyRejection(error).code === "cli_server_lost") throw error;
        if (!isSessionMissing(error)) log.warn({ server: id, cliSession, err: error }, "session not copied");
        return null;
      }
    },
    async attach(attaching) {
      const on = ready();
      const attachment = await attach(on, attaching, clock);
      attached += 1;
      return {
        ...attachment,
        async detach() {
          // With a lost connection all of its sessions are gone, and counted so already.
          if (!on.lost.aborted) attached -= 1;
          await attachment.detach();
        },
      };
    },
    async models(identity) {
      const models = await listModels(ready(), identity);
      return models.filter(isOffered).map(toModel);
    },
    async conversations() {
      const sessions = await ready().call((client) => client.listSessions(), LIST_TIMEOUT_MS);
      // Their summaries are the first words of prompts.
      return sessions.flatMap(({ sessionId, modifiedTime, isRemote }) =>
        isRemote
          ? []
          : [{ id: sessionId, modifiedAt: Number.isNaN(modifiedTime.getTime()) ? null : modifiedTime }],
      );
    },
    async deleteSession(cliSession) {
      try {
        await ready().call((client) => client.deleteSession(cliSession));
      } catch (error) {
        if (!isSessionMissing(error)) throw error;
      }
    },
    async run(signal) {
      let wait = RETRY_FIRST_MS;
      while (!signal.aborted) {
        const startedAt = clock.monotonicMs();
        await connectOnce(signal).catch((error: unknown) => {
          if (!isRestarting) lastError = error instanceof Error ? error.message : String(error);
          log.warn({ server: id, err: error }, "CLI server cannot be reached");
        });
        if (clock.monotonicMs() - startedAt > RETRY_LAST_MS) wait = RETRY_FIRST_MS;
        await clock.sleep(wait, signal);
        wait = Math.min(wait * 2, RETRY_LAST_MS);
      }
    },
  };
}
