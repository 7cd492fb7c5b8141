import { inspect } from "node:util";
import fc from "fast-check";
import pino from "pino";
import { describe, expect, it } from "vitest";
import type { EncryptionKey } from "@/server/platform/encryption-keys";
import { Secret } from "@/server/platform/secret";
import { createCrypto, SealedTextError } from "./crypto";

const key = (id: string, fill: number): EncryptionKey => ({ id, bytes: new Uint8Array(32).fill(fill) });
const old = key("k1", 1);
const newest = key("k2", 2);
const binding = { userId: "user-1", column: "accessToken" };
const plainOf = (secret: Secret) => secret.use((value) => value);
const text = fc.string({ unit: "grapheme", maxLength: 200 });

function failure(run: () => unknown): SealedTextError {
  try {
    run();
  } catch (error) {
    if (error instanceof SealedTextError) return error;
    throw error;
  }
  throw new Error("it opened");
}

describe("sealing", () => {
  it("gives back what was sealed, for the same person and column", () => {
    const crypto = createCrypto([newest, old]);
    fc.assert(
      fc.property(text, text, text, (plain, userId, column) => {
        const sealed = crypto.seal(plain, { userId, column });
        expect(sealed).toMatch(/^fd1\.k2\.[A-Za-z0-9_-]+$/);
        expect(plainOf(crypto.open(sealed, { userId, column }))).toBe(plain);
      }),
    );
  });

  it("refuses a text with any bit flipped", () => {
    const crypto = createCrypto([newest, old]);
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(7), (plain, position, bit) => {
        const bytes = Buffer.from(crypto.seal(plain, binding), "latin1");
        const at = position % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        failure(() => crypto.open(bytes.toString("latin1"), binding));
      }),
      { numRuns: 500 },
    );
  });

  it("refuses every flipped bit of one sealed token", () => {
    const crypto = createCrypto([newest]);
    const sealed = crypto.seal("gho_0123456789", binding);
    for (let at = 0; at < sealed.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const bytes = Buffer.from(sealed, "latin1");
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        failure(() => crypto.open(bytes.toString("latin1"), binding));
      }
    }
  });

  it("opens for no other person and no other column", () => {
    const crypto = createCrypto([newest]);
    fc.assert(
      fc.property(text, text, text, text, (userId, column, otherUser, otherColumn) => {
        fc.pre(userId !== otherUser || column !== otherColumn);
        const sealed = crypto.seal("gho_token", { userId, column });
        const error = failure(() => crypto.open(sealed, { userId: otherUser, column: otherColumn }));
        expect(error.reason).toBe("not_authentic");
      }),
    );
  });

  it("keeps people, servers and providers apart, also where their ids are the same", () => {
    const crypto = createCrypto([newest]);
    const column = "key";
    const owners = [
      { userId: "x" },
      { serverId: "x" },
      { providerId: "x" },
      { userId: "server" },
      { userId: "provider" },
    ];
    for (const one of owners) {
      const sealed = crypto.seal("sk-key", { ...one, column });
      for (const other of owners) {
        if (one === other) expect(plainOf(crypto.open(sealed, { ...other, column }))).toBe("sk-key");
        else expect(failure(() => crypto.open(sealed, { ...other, column })).reason).toBe("not_authentic");
      }
    }
  });

  it("keeps opening what an older key sealed, and seals with the newest", () => {
    const before = createCrypto([old]).seal("gho_token", binding);
    const crypto = createCrypto([newest, old]);
    expect(plainOf(crypto.open(before, binding))).toBe("gho_token");
    expect(crypto.needsReseal(before)).toBe(true);
    const after = crypto.seal(crypto.open(before, binding), binding);
    expect(crypto.needsReseal(after)).toBe(false);
    expect(plainOf(createCrypto([newest]).open(after, binding))).toBe("gho_token");
  });

  it("names a key that is gone, and shows neither key nor token", () => {
    const sealed = createCrypto([old]).seal("gho_token", binding);
    const error = failure(() => createCrypto([newest]).open(sealed, binding));
    expect(error.reason).toBe("unknown_key");
    expect(error.message).toContain('"k1"');
    const shown = inspect(error, { depth: null });
    expect(shown).not.toContain("gho_token");
    expect(shown).not.toContain(Buffer.from(old.bytes).toString("base64"));
  });

  it("refuses another key under the same id", () => {
    const sealed = createCrypto([key("k1", 9)]).seal("gho_token", binding);
    expect(failure(() => createCrypto([old]).open(sealed, binding)).reason).toBe("not_authentic");
  });

  it.each(["", "fd1", "fd1.k2", "fd1.k2.", "fd2.k2.AAAA", "gho_plain", "fd1.k2.AAAA", "fd1.k2.A.B"])(
    "refuses %j as malformed",
    (sealed) => {
      expect(failure(() => createCrypto([newest]).open(sealed, binding)).reason).toBe("malformed");
    },
  );
});

describe("an opened secret", () => {
  it("prints [secret] in every way a value is printed", () => {
    const crypto = createCrypto([newest]);
    const secret = crypto.open(crypto.seal("gho_token", binding), binding);
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => lines.push(line) });
    log.info({ secret, nested: { list: [secret] } }, "with secret %s %o %j", secret, secret, secret);
    log.info(secret);
    log.error({ err: new Error("failed", { cause: secret }) });
    const printed = [
      JSON.stringify({ secret }),
      `${secret}`,
      String(secret),
      inspect(secret, { depth: null, showHidden: true }),
      inspect({ secret }),
      JSON.stringify(Object.entries(secret)),
      JSON.stringify(structuredClone({ ...secret })),
      ...lines,
    ];
    for (const line of printed) expect(line).not.toContain("gho_token");
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
    expect(`${secret}`).toBe("[secret]");
    expect(inspect({ secret })).toBe("{ secret: [secret] }");
    expect(lines[0]).toContain('"secret":"[secret]"');
    expect(new Secret("x").toJSON()).toBe("[secret]");
  });
});
