import type { StoredToken } from "./store";

/** Whether a token may call, and if not, with which code it is turned away. */
export type Verdict =
  | { good: true; token: StoredToken }
  | { good: false; code: "token_invalid" | "token_expired" | "token_revoked" };

/** What to make of a token at `now`; null: nobody knows it. */
export function judge(token: StoredToken | null, now: Date): Verdict {
  if (!token) return { good: false, code: "token_invalid" };
  if (token.revokedAt !== null) return { good: false, code: "token_revoked" };
  if (token.expiresAt !== null && token.expiresAt <= now) return { good: false, code: "token_expired" };
  return { good: true, token };
}

const GROUPS = 8;
/** Of an IPv6 address, those that name the network: whoever has one has all addresses in it. */
const NETWORK_GROUPS = 4;
const UNKNOWN = "unknown";

/** Whose wrong tokens are counted together: an IPv4 address, the /64 network of an IPv6 one, and all of whom it is not
 *  known. */
export function networkOf(address: string | null): string {
  if (address === null) return UNKNOWN;
  if (!address.includes(":")) return address;
  const [head = [], tail] = address
    .split("::")
    .map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = tail ? GROUPS - head.length - tail.length : 0;
  return [...head, ...Array<string>(Math.max(0, zeros)).fill("0"), ...(tail ?? [])]
    .slice(0, NETWORK_GROUPS)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
