import type { CreateTokenInput, NewToken, TokenList } from "@/lib/contracts/tokens";
import type { Actor } from "@/server/platform/scope";

/** The tokens with which people's programs call. */
export type ApiTokens = {
  /** The person's own, newest first, without those that were revoked. */
  list(actor: Actor): Promise<TokenList>;
  /** Makes a token. Its text is in the answer, and nowhere else. Throws `not_permitted` where a person without a part in
   *  the administration asks for the scope `admin`, and `token_limit_reached`. */
  create(actor: Actor, input: CreateTokenInput): Promise<NewToken>;
  /** Ends a token: it is refused at its next call, and its open streams close, in whatever process. Safe to repeat. Throws
   *  `token_not_found`. */
  revoke(actor: Actor, id: string): Promise<void>;
  /** Who calls with `presented`, as of now: a role that was taken is gone at the next call. Null where its owner is shut
   *  out of this server. Throws `token_invalid`, `token_expired`, `token_revoked`; and `too_many_attempts` instead of any
   *  of these, and for tokens that this process has not let in lately, where too many wrong ones came from `address`. Two
   *  queries; that the token was used is noted beside the call. */
  authenticate(presented: string, address: string | null): Promise<Actor | null>;
  /** The same for a call that stays open and was let in before. Nothing is counted or noted. */
  confirm(actor: Actor): Promise<Actor | null>;
};
