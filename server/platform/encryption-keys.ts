/** One AES-256 key with the id that every ciphertext made with it carries. */
export type EncryptionKey = { id: string; bytes: Uint8Array<ArrayBuffer> };

const KEY_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** Reads `id:base64,id:base64,…`, newest first. The problem never contains key material. */
export function parseEncryptionKeys(
  text: string,
): { ok: true; keys: [EncryptionKey, ...EncryptionKey[]] } | { ok: false; problem: string } {
  const keys: EncryptionKey[] = [];
  for (const [index, part] of text.split(",").entries()) {
    const at = part.indexOf(":");
    const id = part.slice(0, at).trim();
    const bytes = new Uint8Array(Buffer.from(part.slice(at + 1).trim(), "base64"));
    if (at < 1 || !KEY_ID.test(id))
      return { ok: false, problem: `entry ${index + 1} has no key id before a colon` };
    if (bytes.length !== KEY_BYTES) {
      return { ok: false, problem: `key "${id}" is ${bytes.length} bytes long, not ${KEY_BYTES} (base64)` };
    }
    if (keys.some((key) => key.id === id)) return { ok: false, problem: `key id "${id}" is there twice` };
    keys.push({ id, bytes });
  }
  const [newest, ...older] = keys;
  return newest ? { ok: true, keys: [newest, ...older] } : { ok: false, problem: "is empty" };
}
