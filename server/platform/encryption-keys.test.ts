import { describe, expect, it } from "vitest";
import { parseEncryptionKeys } from "./encryption-keys";

const key = (fill: number, bytes = 32) => Buffer.alloc(bytes, fill).toString("base64");

describe("encryption keys", () => {
  it("are read newest first", () => {
    const parsed = parseEncryptionKeys(`new:${key(1)}, old:${key(2)}`);
    expect(parsed.ok && parsed.keys.map(({ id, bytes }) => [id, bytes[0], bytes.length])).toEqual([
      ["new", 1, 32],
      ["old", 2, 32],
    ]);
  });

  it.each([
    ["", /no key id/],
    [key(1), /no key id/],
    [`:${key(1)}`, /no key id/],
    [`a b:${key(1)}`, /no key id/],
    [`k1:${key(1)},`, /entry 2/],
    [`k1:${key(1, 31)}`, /"k1" is 31 bytes/],
    [`k1:${key(1, 33)}`, /33 bytes/],
    ["k1:", /0 bytes/],
    ["k1:%%%", /0 bytes/],
    [`k1:${key(1)},k1:${key(2)}`, /twice/],
  ])("%j are refused with the reason", (text, reason) => {
    const parsed = parseEncryptionKeys(text);
    expect(parsed.ok ? "" : parsed.problem).toMatch(reason);
  });

  it("never show up in the reason why they are refused, also not written the wrong way round", () => {
    const material = key(7);
    for (const text of [material, `${material}:k1`, `k1:${material}x=`, `k1:${material},k1:${material}`]) {
      const parsed = parseEncryptionKeys(text);
      expect(JSON.stringify(parsed.ok ? "" : parsed.problem)).not.toContain(material.slice(0, 12));
    }
  });
});
