import { isIP } from "node:net";

/** Set on every request by the server itself, from its socket (server/runtime/peer.ts): nobody else can. */
export const PEER_HEADER = "x-flightdeck-peer";

const V4_IN_V6 = /^::ffff:(?=\d+\.)/i;

/** From where a request came: the other end of the socket, or, behind so many reverse proxies of the operator's own,
 *  what the outermost of them has noted in `x-forwarded-for`. What a client writes there itself stands further left, and
 *  is not believed. Null where it is no address. */
export function clientAddress(headers: Headers, trustedProxies: number): string | null {
  const forwarded = (headers.get("x-forwarded-for") ?? "").split(",").map((each) => each.trim());
  const noted = trustedProxies === 0 ? undefined : forwarded.at(-trustedProxies);
  const address = (noted || headers.get(PEER_HEADER) || "").replace(V4_IN_V6, "");
  return isIP(address) === 0 ? null : address;
}
