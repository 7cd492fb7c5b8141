import { createHash } from "node:crypto";
import { type Crypto, createCrypto } from "@/server/crypto/crypto";
import type { EncryptionKey } from "@/server/platform/encryption-keys";

const keyOf = (id: string): EncryptionKey => ({
  id,
  bytes: new Uint8Array(createHash("sha256").update(id).digest()),
});

/** Seals with a key that everybody knows, the same in each process of a test. `older`: keys that open as well. */
export const createTestCrypto = (newest = "k1", ...older: string[]): Crypto =>
  createCrypto([keyOf(newest), ...older.map(keyOf)]);
