import { z } from "zod";
import { TokenId } from "./ids";
import { SCOPES, Scope } from "./scopes";
import { Text } from "./text";

export const TOKEN_NAME_CHARS_MAX = 100;
/** Tokens that a person may have at a time; those that have ended do not count. */
export const TOKENS_PER_PERSON_MAX = 50;
/** Longest life of a token that ends by itself. */
export const TOKEN_DAYS_MAX = 365;

/** `scopes`: each once, in the order of `SCOPES`; `admin` is for auditors and administrators. `days`: how long it lives;
 *  null: until it is revoked. */
export const CreateTokenInput = z.object({
  name: Text.pipe(z.string().trim().min(1, "Give the token a name.").max(TOKEN_NAME_CHARS_MAX)),
  scopes: z
    .array(Scope)
    .min(1, "Choose at least one thing that the token is for.")
    .max(SCOPES.length)
    .transform((chosen) => SCOPES.filter((scope) => chosen.includes(scope))),
  days: z.number().int().min(1).max(TOKEN_DAYS_MAX).nullable(),
});
export type CreateTokenInput = z.infer<typeof CreateTokenInput>;

/** A token as its owner sees it. `prefix`: how it begins. `lastUsedAt`, and from where: to the minute. */
export const TokenRow = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(Scope),
  createdAt: z.date(),
  expiresAt: z.date().nullable(),
  lastUsedAt: z.date().nullable(),
  lastUsedAddress: z.string().nullable(),
});
export type TokenRow = z.infer<typeof TokenRow>;

/** Newest first; without those that were revoked. */
export const TokenList = z.object({ items: z.array(TokenRow) });
export type TokenList = z.infer<typeof TokenList>;

/** `token`: what programs call with. This is the only time that it is told. */
export const NewToken = TokenRow.extend({ token: z.string() });
export type NewToken = z.infer<typeof NewToken>;

export const RevokeTokenInput = z.object({ id: TokenId });
