import { setMaxListeners } from "node:events";
import type { Socket } from "node:net";
import { CopilotClient, RuntimeConnection } from "@github/copilot-sdk";
import type { Clock } from "@/server/platform/clock";
import type { Secret } from "@/server/platform/secret";
import { classifyRejection } from "./classify";
import { CopilotError } from "./errors";
import { CONNECT_TIMEOUT_MS, PING_EVERY_MS, PING_TIMEOUT_MS, RPC_TIMEOUT_MS } from "./tunables";

/** One SDK client on one server, good until `lost` aborts; then it is thrown away, because a client made with
 *  `forUri` can neither reconnect nor be started again. */
export type Connection = {
  client: CopilotClient;
  version: string;
  lost: AbortSignal;
  /** How long the last ping took to be answered; null before the first was. */
  latencyMs(): number | null;
  /** Runs an SDK call that cannot hang: rejects with a `CopilotError` when the connection is lost or after `limitMs`
   *  (default `RPC_TIMEOUT_MS`), because the SDK's promises do not settle when a server dies. */
  call<T>(work: (client: CopilotClient) => Promise<T>, limitMs?: number): Promise<T>;
  close(reason: string): void;
};

// Private fields of SDK 1.0.14. Without `onClose` a dead connection would be noticed by ping only.
type Internals = {
  socket?: Socket | null;
  connection?: { onClose(listener: () => void): unknown } | null;
};

/** Tells `onFailed` instead of the writer when a write fails. The SDK's JSON-RPC library (vscode-jsonrpc 8.2.1)
 *  lets a writer's error go unhandled as well as rejecting the call, which would end the process. */
function reportFailedWrites(socket: Socket, onFailed: () => void): void {
  const write = socket.write.bind(socket) as (data: unknown, ...rest: unknown[]) => boolean;
  const guarded = (data: unknown, ...rest: unknown[]) => {
    const last = rest.at(-1);
    if (typeof last !== "function") return write(data, ...rest);
    const done = (error?: Error | null) => (error ? onFailed() : last());
    return write(data, ...rest.slice(0, -1), done);
  };
  socket.write = guarded as Socket["write"];
}

/** Calls `ready` with the SDK's socket the moment it is made, before anything is written to it. */
function onSocket(internals: Internals, ready: (socket: Socket) => void): void {
  let current: Socket | null = null;
  Object.defineProperty(internals, "socket", {
    get: () => current,
    set: (socket: Socket | null) => {
      current = socket;
      if (socket) ready(socket);
    },
  });
}

/** The answer to `work`; rejects with a `CopilotError` when the connection is lost, or after `limit.ms`. */
export async function bounded<T>(
  clock: Clock,
  work: Promise<T>,
  limit: { ms: number; lost: AbortSignal; what: string },
) {
  const settled = new AbortController();
  const lost = new Promise<never>((_, reject) => {
    const fail = () => reject(new CopilotError("cli_server_lost", `connection lost during ${limit.what}`));
    if (limit.lost.aborted) return fail();
    limit.lost.addEventListener("abort", fail, { signal: settled.signal });
  });
  const late = clock.sleep(limit.ms, settled.signal).then(() => {
    if (settled.signal.aborted) return new Promise<never>(() => {});
    throw new CopilotError("cli_server_lost", `no answer to ${limit.what} within ${limit.ms} ms`);
  });
  try {
    return await Promise.race([work, lost, late]);
  } catch (error) {
    throw classifyRejection(error);
  } finally {
    settled.abort("settled");
    work.catch(() => {});
    lost.catch(() => {});
    late.catch(() => {});
  }
}

/** Why a connection was given up whose server may hang: its process is there and says nothing. */
export const NO_ANSWER = "no answer to ping";

type Target = { address: string; token: Secret; clock: Clock };

/** Connects to a headless server. Rejects with a `CopilotError` where nothing answers or the token is wrong. */
export async function connect({ address, token, clock }: Target): Promise<Connection> {
  const client = token.use(
    (connectionToken) =>
      new CopilotClient({
        connection: RuntimeConnection.forUri(address, { connectionToken }),
        mode: "empty",
      }),
  );
  const internals = client as unknown as Internals;
  const lost = new AbortController();
  let latencyMs: number | null = null;
  // One listener a running turn and call.
  setMaxListeners(0, lost.signal);
  const close = (reason: string) => {
    if (lost.signal.aborted) return;
    lost.abort(reason);
    client.forceStop().catch(() => {});
  };
  const call: Connection["call"] = (work, limitMs = RPC_TIMEOUT_MS) =>
    bounded(clock, work(client), { ms: limitMs, lost: lost.signal, what: "a call" });

  onSocket(internals, (socket) => {
    // Without TCP_NODELAY each call waits for the peer's delayed ACK (about 40 ms).
    socket.setNoDelay(true);
    // Not before: connecting gives a socket its own `write` again. The SDK's listener comes after this one.
    socket.once("connect", () => reportFailedWrites(socket, () => close("write failed")));
    // The SDK's promise does not settle where the other side hangs up during the handshake.
    socket.once("close", () => close("socket closed"));
  });

  try {
    await bounded(clock, client.start(), { ms: CONNECT_TIMEOUT_MS, lost: lost.signal, what: "connect" });
    internals.connection?.onClose(() => close("socket closed"));
    const { version } = await call((ready) => ready.getStatus());
    void watchdog();
    return { client, version, lost: lost.signal, latencyMs: () => latencyMs, call, close };
  } catch (error) {
    close("connect failed");
    throw error;
  }

  async function watchdog(): Promise<void> {
    let heard = 0;
    let silent = 0;
    let asked = false;
    while (!lost.signal.aborted) {
      if (!asked) {
        asked = true;
        const askedAt = clock.monotonicMs();
        const over = () => {
          asked = false;
        };
        const answered = () => {
          latencyMs = clock.monotonicMs() - askedAt;
          over();
        };
        client.ping().then(answered, over);
      }
      await clock.sleep(PING_EVERY_MS, lost.signal);
      // A server that is busy with many turns answers late, but goes on telling about them. Looks are counted, not
      // time, because this process may have been stopped itself.
      const bytes = internals.socket?.bytesRead ?? 0;
      silent = bytes === heard ? silent + 1 : 0;
      heard = bytes;
      if (silent * PING_EVERY_MS >= PING_TIMEOUT_MS) close(NO_ANSWER);
    }
  }
}
