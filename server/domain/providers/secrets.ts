import type { Crypto } from "@/server/crypto/crypto";
import { Secret } from "@/server/platform/secret";
import type { Headers } from "./rules";
import type { StoredProvider } from "./store";

type Sealed = Pick<StoredProvider, "id" | "key" | "headers">;
type Opened = { key: Secret | null; headers: Headers };

/** The key and the headers' values of providers, sealed for one provider each. */
export type ProviderSecrets = {
  /** Throws `SealedTextError` where ENCRYPTION_KEYS has not the key that sealed them. */
  open(provider: Sealed): Opened;
  seal(providerId: string, opened: Opened): Omit<Sealed, "id">;
  /** Whether any of it was not sealed with the newest key. */
  areOld(provider: Sealed): boolean;
};

const plain = (secret: Secret): string => secret.use((value) => value);

export function createProviderSecrets(crypto: Crypto): ProviderSecrets {
  const place = (providerId: string, column: "key" | "headers") => ({
    providerId,
    column: `Provider.${column}`,
  });

  return {
    open({ id, key, headers }) {
      const texts = headers === null ? null : crypto.open(headers, place(id, "headers"));
      const named = texts ? (JSON.parse(plain(texts)) as Record<string, string>) : {};
      return {
        key: key === null ? null : crypto.open(key, place(id, "key")),
        headers: Object.fromEntries(Object.entries(named).map(([name, value]) => [name, new Secret(value)])),
      };
    },
    seal(providerId, { key, headers }) {
      const named = Object.entries(headers).map(([name, value]) => [name, plain(value)] as const);
      const text = JSON.stringify(Object.fromEntries(named));
      return {
        key: key && crypto.seal(key, place(providerId, "key")),
        headers: named.length > 0 ? crypto.seal(text, place(providerId, "headers")) : null,
      };
    },
    areOld: ({ key, headers }) =>
      [key, headers].some((sealed) => sealed !== null && crypto.needsReseal(sealed)),
  };
}
