import type { Role } from "@/lib/contracts/roles";
import type { Scope } from "@/lib/contracts/scopes";

declare const ownerBrand: unique symbol;

/** A user id that was proven by a login. Minted behind `server/auth/actor.ts` (from a cookie or an API token) and by the rooms
 *  that read an owner from a row they own; every store call that touches a person's data takes it first. */
export type OwnerId = string & { readonly [ownerBrand]: true };

/** The API token that a call came with. `expiresAt`: null: never. */
export type ActorToken = { id: string; name: string; scopes: readonly Scope[]; expiresAt: Date | null };

/** Who is calling: a person through a browser login, or a program with an API token of theirs. */
export type Actor = {
  kind: "user";
  ownerId: OwnerId;
  login: string;
  role: Role;
  /** From where, as far as it is known: see `clientAddress`. */
  address: string | null;
  /** Null: a browser login. */
  token: ActorToken | null;
};
