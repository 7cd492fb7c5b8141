import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatToken, hashOf, isWellFormed, prefixOf, SECRET_BYTES } from "./format";

const secret = fc.uint8Array({ minLength: SECRET_BYTES, maxLength: SECRET_BYTES });
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The secret of a token, read back. */
function secretIn(token: string): bigint {
  return [...token.slice(3, -6)].reduce((sum, char) => sum * 62n + BigInt(BASE62.indexOf(char)), 0n);
}

describe("a token", () => {
  it("holds every bit of its secret, behind a mark and before a checksum", () => {
    const allOf = (byte: number) => new Uint8Array(SECRET_BYTES).fill(byte);
    fc.assert(
      fc.property(secret, (bytes) => {
        const token = formatToken(bytes);
        expect(token).toMatch(/^fd_[0-9A-Za-z]{49}$/);
        expect(secretIn(token)).toBe(BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
        expect(isWellFormed(token)).toBe(true);
      }),
      { examples: [[allOf(0)], [allOf(1)], [allOf(255)]] },
    );
  });

  it("shows eight characters, and is stored as a hash of all", () => {
    const token = formatToken(new Uint8Array(SECRET_BYTES).fill(7));
    expect(prefixOf(token)).toBe(token.slice(0, 8));
    expect(hashOf(token)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf(token)).not.toContain(token.slice(3, 12));
  });
});

describe("what is no token is known as such", () => {
  it("where any character of it is another", () => {
    fc.assert(
      fc.property(secret, fc.nat(), fc.nat(), (bytes, position, other) => {
        const token = formatToken(bytes);
        const at = position % token.length;
        const char = BASE62.charAt(other % BASE62.length);
        fc.pre(char !== token[at]);
        expect(isWellFormed(token.slice(0, at) + char + token.slice(at + 1))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("where two neighbours changed places, or a part is missing or too much", () => {
    fc.assert(
      fc.property(secret, fc.nat(), (bytes, position) => {
        const token = formatToken(bytes);
        const at = position % (token.length - 1);
        const [one = "", other = ""] = [token[at], token[at + 1]];
        const swapped = token.slice(0, at) + other + one + token.slice(at + 2);
        expect(isWellFormed(swapped)).toBe(one === other);
        for (const text of [
          token.slice(0, at),
          token.slice(at + 1),
          `${token}0`,
          ` ${token}`,
          `${token}\n`,
        ]) {
          expect(isWellFormed(text)).toBe(false);
        }
      }),
    );
  });

  it("whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(isWellFormed(text)).toBe(false);
      }),
    );
    for (const text of ["", "fd_", "ghp_0123456789", `fd_${"0".repeat(49)}`, `FD_${"0".repeat(49)}`]) {
      expect(isWellFormed(text)).toBe(false);
    }
  });
});
