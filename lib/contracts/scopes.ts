import { z } from "zod";

/** What an API token may be used for. `admin` opens what its owner's role opens, and nothing beyond it. */
export const SCOPES = ["sessions:read", "sessions:write", "jobs", "admin"] as const;
export const Scope = z.enum(SCOPES);
export type Scope = z.infer<typeof Scope>;

/** What a call asks of a token: one scope, or `any` token; `none` takes, so the call is for people in a browser. */
export type NeededScope = Scope | "any" | "none";

/** Whether a token with `scopes` may make a call that asks for `needed`. */
export function covers(scopes: readonly Scope[], needed: NeededScope): boolean {
  if (needed === "none") return false;
  return needed === "any" || scopes.includes(needed);
}
