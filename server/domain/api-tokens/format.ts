import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** How much of a token nobody can guess. */
export const SECRET_BYTES = 32;

const MARK = "fd_";
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = BigInt(ALPHABET.length);
/** What 256 bits take in this alphabet, and the 32 of the checksum. */
const SECRET_CHARS = 43;
const CHECKSUM_CHARS = 6;
const SHOWN_CHARS = 8;
const TOKEN = new RegExp(`^${MARK}[0-9A-Za-z]{${SECRET_CHARS + CHECKSUM_CHARS}}$`);

function inBase62(value: bigint, chars: number): string {
  let rest = value;
  let text = "";
  for (let n = 0; n < chars; n += 1) {
    text = ALPHABET.charAt(Number(rest % BASE)) + text;
    rest /= BASE;
  }
  return text;
}

const checksumOf = (body: string) => inBase62(BigInt(crc32(body)), CHECKSUM_CHARS);

/** The token of a secret of `SECRET_BYTES` bytes: a mark by which scanners find it where it leaked, the secret, and a
 *  checksum (CRC-32), by which what is no token is known as such without a look into the database. */
export function formatToken(secret: Uint8Array): string {
  const body = MARK + inBase62(BigInt(`0x${Buffer.from(secret).toString("hex")}`), SECRET_CHARS);
  return body + checksumOf(body);
}

/** Whether a text can be a token. Says nothing about whether it is one. */
export const isWellFormed = (text: string): boolean =>
  TOKEN.test(text) && text.endsWith(checksumOf(text.slice(0, -CHECKSUM_CHARS)));

/** What is stored of a token. It has 256 random bits, so a plain hash is enough: there is nothing to try out. */
export const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

/** How a token begins: enough to tell it from others, and nothing to guess the rest by. */
export const prefixOf = (token: string): string => token.slice(0, SHOWN_CHARS);
