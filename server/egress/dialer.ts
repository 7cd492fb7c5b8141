import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import type { Address, OpenedTarget } from "@/server/platform/egress-ranges";
import { isOpened, readAddress, refusalOf } from "./rules";
import { ADDRESSES_MAX, CONNECT_MAX_MS, RESOLVE_MAX_MS } from "./tunables";
import type { Refusal, Target, Unreached } from "./types";
import { connectThrough } from "./upstream";

/** The addresses of a host, an address itself among them. Rejects where there is none. */
export type Resolve = (host: string) => Promise<string[]>;

/** The addresses at which a target may be called. */
export type Located =
  | { state: "located"; addresses: Address[] }
  | { state: "refused"; refusal: Refusal }
  | { state: "unreached"; why: Unreached };

export type Dialed = { state: "connected"; socket: Socket } | Exclude<Located, { state: "located" }>;

export type Dialer = {
  /** Looks the host up once and judges every address: one that may not be called refuses all. */
  locate(target: Target): Promise<Located>;
  /** Connects to an address that was judged, so that a name that leads elsewhere a moment later leads nowhere. */
  dial(target: Target): Promise<Dialed>;
};

type Options = {
  opened: readonly OpenedTarget[];
  /** The company's own proxy, through which the internet is reached; null: directly. */
  upstream?: string | null;
  resolve?: Resolve;
};

const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** Rejects where `work` takes longer than `ms`. */
async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A connection to this address and no other. Rejects where there is none within `CONNECT_MAX_MS`. */
function connectTo(address: Address, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address.toString(), port });
    const give = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(CONNECT_MAX_MS, () => give(new Error("no connection in time")));
    socket.once("error", give);
    socket.once("connect", () => {
      socket.off("error", give);
      // Until whoever takes it listens: an error ends the connection, and not the process.
      socket.on("error", () => {});
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      resolve(socket);
    });
  });
}

export function createDialer({ opened, upstream = null, resolve = systemResolve }: Options): Dialer {
  async function locate(target: Target): Promise<Located> {
    const literal = readAddress(target.host);
    let found: (Address | null)[];
    try {
      found = literal ? [literal] : (await within(resolve(target.host), RESOLVE_MAX_MS)).map(readAddress);
    } catch {
      return { state: "unreached", why: "dns" };
    }
    const addresses: Address[] = [];
    for (const address of found) {
      const refusal = address ? refusalOf(address, target, opened) : "closed_address";
      if (refusal) return { state: "refused", refusal };
      if (address) addresses.push(address);
    }
    return addresses.length > 0 ? { state: "located", addresses } : { state: "unreached", why: "dns" };
  }

  // What an operator has opened is near, and the company's proxy does not lead there.
  const reach = (address: Address, target: Target): Promise<Socket> =>
    upstream === null || isOpened(address, target, opened)
      ? connectTo(address, target.port)
      : connectThrough(upstream, address, target.port);

  return {
    locate,
    async dial(target) {
      const located = await locate(target);
      if (located.state !== "located") return located;
      for (const address of located.addresses.slice(0, ADDRESSES_MAX)) {
        const socket = await reach(address, target).catch(() => null);
        if (socket) return { state: "connected", socket };
      }
      return { state: "unreached", why: "connect" };
    },
  };
}
