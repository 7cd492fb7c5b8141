import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { EncryptionKey } from "@/server/platform/encryption-keys";
import { Secret } from "@/server/platform/secret";

/** What a sealed text belongs to. It opens for the same person, CLI server or model provider, and the same column alone. */
type Binding = { column: string } & ({ userId: string } | { serverId: string } | { providerId: string });

export type Crypto = {
  /** Seals with the newest key: `fd1.<keyId>.<base64url(iv | tag | ciphertext)>`. Sealing twice gives two texts. */
  seal(plain: string | Secret, binding: Binding): string;
  /** Opens what any configured key sealed for this binding. Throws `SealedTextError`; its message holds neither
   *  key material nor any part of the sealed or the plain text. */
  open(sealed: string, binding: Binding): Secret;
  /** True where `sealed` was not made with the newest key. Does not check that it opens. */
  needsReseal(sealed: string): boolean;
  /** So many bytes that nobody can guess. */
  random(bytes: number): Uint8Array;
};

const VERSION = "fd1";
const CIPHER = "aes-256-gcm";
/** The IV length that GCM is specified for; random, so one key serves for about 2^32 seals. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Longest part of an unknown key id that an error names. */
const KEY_ID_CHARS_SHOWN = 32;

/** A sealed text that cannot be opened: not ours, sealed with a key that is gone, altered, or somebody else's. */
export class SealedTextError extends Error {
  readonly reason: "malformed" | "unknown_key" | "not_authentic";

  constructor(reason: SealedTextError["reason"], message: string) {
    super(message);
    this.name = "SealedTextError";
    this.reason = reason;
  }
}

function ownerOf(binding: Binding): string[] {
  if ("userId" in binding) return [binding.userId];
  return "serverId" in binding ? ["server", binding.serverId] : ["provider", binding.providerId];
}

// JSON keeps the fields apart whatever they contain, so two bindings never give the same bytes.
const associatedData = (keyId: string, binding: Binding) => {
  return Buffer.from(JSON.stringify([VERSION, keyId, ...ownerOf(binding), binding.column]), "utf8");
};

function parse(sealed: string): { keyId: string; bytes: Buffer } {
  const [version, keyId, body, ...rest] = sealed.split(".");
  if (version !== VERSION || !keyId || !body || rest.length > 0) {
    throw new SealedTextError("malformed", `A sealed text must look like ${VERSION}.<keyId>.<data>.`);
  }
  const bytes = Buffer.from(body, "base64url");
  // Base64 has spare bits and Node skips foreign characters: only the one canonical spelling is accepted.
  if (bytes.toString("base64url") !== body || bytes.length < IV_BYTES + TAG_BYTES) {
    throw new SealedTextError("malformed", "The data of a sealed text is not complete base64url.");
  }
  return { keyId, bytes };
}

/** Sealing with AES-256-GCM. The first key seals; every key opens. Holds no state; safe to share. */
export function createCrypto(keys: readonly [EncryptionKey, ...EncryptionKey[]]): Crypto {
  const [newest] = keys;
  return {
    seal(plain, binding) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, newest.bytes, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(associatedData(newest.id, binding));
      const text = plain instanceof Secret ? plain.use((value) => value) : plain;
      const ciphertext = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      const body = Buffer.concat([iv, cipher.getAuthTag(), ciphertext]).toString("base64url");
      return `${VERSION}.${newest.id}.${body}`;
    },

    open(sealed, binding) {
      const { keyId, bytes } = parse(sealed);
      const key = keys.find(({ id }) => id === keyId);
      if (!key) {
        const shown = keyId.slice(0, KEY_ID_CHARS_SHOWN);
        throw new SealedTextError(
          "unknown_key",
          `ENCRYPTION_KEYS has no key "${shown}", which sealed this text.`,
        );
      }
      const decipher = createDecipheriv(CIPHER, key.bytes, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(associatedData(keyId, binding));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      try {
        const plain = Buffer.concat([
          decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)),
          decipher.final(),
        ]);
        return new Secret(plain.toString("utf8"));
      } catch {
        throw new SealedTextError(
          "not_authentic",
          "The sealed text was altered, or belongs to another person, column or key.",
        );
      }
    },

    needsReseal: (sealed) => !sealed.startsWith(`${VERSION}.${newest.id}.`),
    random: (bytes) => randomBytes(bytes),
  };
}
