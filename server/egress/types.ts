import type { Secret } from "@/server/platform/secret";

/** Why an address is not called. `closed_address`: loopback, private, link-local, metadata or otherwise not public;
 *  `closed_port`: public, and not 443; `not_https`: public, and without TLS. An operator may open each. */
export type Refusal = "malformed" | "closed_address" | "closed_port" | "not_https";

/** Why an address that may be called was not reached. */
export type Unreached = "dns" | "connect" | "tls" | "too_slow" | "cut";

/** Where a call goes. `secure`: it is spoken by TLS. */
export type Target = { host: string; port: number; secure: boolean };

export type EgressAnswer =
  | { state: "answered"; status: number; body: string }
  | { state: "refused"; refusal: Refusal }
  | { state: "unreached"; why: Unreached };

export type EgressCall = {
  url: string;
  headers: Readonly<Record<string, string | Secret>>;
  body: string;
};

/** Calls to addresses that people have given. The CLI servers make theirs through the proxy, by the same rules. */
export type Egress = {
  /** Whether a call to this URL would be made: why not, or null. Where its name has no address now, only the rest of it
   *  is judged. */
  check(url: string): Promise<Refusal | null>;
  /** Makes one call, to an address that was checked and none else; follows no redirect. Answers within `CALL_MAX_MS`. */
  post(call: EgressCall): Promise<EgressAnswer>;
};
