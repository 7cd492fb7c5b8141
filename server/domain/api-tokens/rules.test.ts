import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OwnerId } from "@/server/platform/scope";
import { judge, networkOf } from "./rules";
import type { StoredToken } from "./store";

const NOW = new Date("2026-11-23T09:00:00Z");
const before = new Date(NOW.getTime() - 1);
const after = new Date(NOW.getTime() + 1);
const token: StoredToken = {
  ...{ id: "t", ownerId: "o" as OwnerId, name: "n", scopes: [] },
  ...{ expiresAt: null, revokedAt: null },
};

describe("a token", () => {
  it.each([
    ["without an end is good", token, null],
    ["is good until it expires", { ...token, expiresAt: after }, null],
    ["is expired from that moment on", { ...token, expiresAt: NOW }, "token_expired"],
    ["that expired long ago is expired", { ...token, expiresAt: before }, "token_expired"],
    ["that was revoked is revoked", { ...token, revokedAt: before }, "token_revoked"],
    [
      "that was revoked stays so after its end",
      { ...token, expiresAt: before, revokedAt: before },
      "token_revoked",
    ],
    ["that nobody knows is none", null, "token_invalid"],
  ])("%s", (_, stored, code) => {
    const verdict = judge(stored, NOW);
    expect(verdict.good ? null : verdict.code).toBe(code);
  });
});

describe("wrong tokens are counted together", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    [null, "unknown"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:0DB8:1:2::", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["::", "0:0:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0"],
  ])("of %s: %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it("of a whole IPv6 network, however its addresses are written", () => {
    const group = fc.nat(0xff_ff).map((value) => value.toString(16));
    const four = fc.array(group, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(four, four, four, (network, one, other) => {
        const full = (rest: string[]) => [...network, ...rest].join(":");
        expect(networkOf(full(one).toUpperCase())).toBe(networkOf(full(other)));
        expect(networkOf(`${network.join(":")}::`)).toBe(networkOf(full(one)));
      }),
    );
  });
});
