import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type Pump, pump } from "./pump";

/** One connection through the proxy. Faults touch what goes to the client, where the frames are that a cut can hit. */
export type Link = {
  /** Ends the connection to both sides after `bytes` more bytes to the client: in mid-frame, mostly. */
  cutAfter(bytes: number): void;
  /** Tells the client that nothing more will come, and goes on taking what it sends. */
  halfClose(): void;
  /** Forwards nothing in either direction for `ms`; then everything, in order. */
  stall(ms: number): void;
  /** Ends the connection to both sides by a TCP reset. */
  reset(): void;
};

export type FaultProxy = {
  /** Where it listens on loopback; stays the same whatever the target does. */
  port: number;
  /** Sends new connections to `port` from now on. */
  aim(port: number): Promise<void>;
  /** Refuses new connections, as the system does for a process that is gone; those that are open stay. Until `aim`. */
  refuse(): void;
  /** Delays every piece by `ms` in both directions, on living and on new connections. */
  delay(ms: number): void;
  /** Connections that reach the target now, oldest first. */
  links(): Link[];
  /** The connection whose client has this port. */
  linkOf(clientPort: number): Link | undefined;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
};

type Faults = { latencyMs: number };

function join(client: Socket, target: Socket, faults: Faults): Link {
  const up: Pump = pump(client, target, faults);
  const down: Pump = pump(target, client, faults);
  return {
    cutAfter: (bytes) => down.limit(bytes),
    halfClose: () => void client.end(),
    stall(ms) {
      up.stall(ms);
      down.stall(ms);
    },
    reset() {
      for (const socket of [client, target]) socket.resetAndDestroy();
    },
  };
}

/** Takes a free loopback port and, once it is aimed, passes every connection on to its target on loopback, with the
 *  faults that are asked for. A connection to a target that does not listen is reset. */
export async function startFaultProxy(): Promise<FaultProxy> {
  const faults: Faults = { latencyMs: 0 };
  const links = new Map<number, Link>();
  const clients = new Set<Socket>();
  let aimedAt = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const clientPort = client.remotePort ?? 0;
    clients.add(client);
    client.once("close", () => clients.delete(client));
    const target = connect({ port: aimedAt, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const link = join(client, target, faults);
    target.once("connect", () => links.set(clientPort, link));
    target.once("close", () => links.delete(clientPort));
  });
  async function listen(at: number): Promise<void> {
    server.listen(at, "127.0.0.1");
    await once(server, "listening");
  }
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async aim(target) {
      aimedAt = target;
      if (!server.listening) await listen(port);
    },
    // Node stops listening at once; the callback, which waits for open connections, is not waited for.
    refuse() {
      if (server.listening) server.close();
    },
    delay(ms) {
      faults.latencyMs = ms;
    },
    links: () => [...links.values()],
    linkOf: (clientPort) => links.get(clientPort),
    async close() {
      for (const client of clients) client.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
