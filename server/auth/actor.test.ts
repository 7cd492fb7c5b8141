import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import type { Actor, OwnerId } from "@/server/platform/scope";
import { actorOf } from "./actor";
import { readCookies, sessionCookieName } from "./cookies";
import { assertSameOrigin } from "./same-origin";

const http = { APP_URL: "http://localhost:3000", TRUSTED_PROXIES: 0 };
const https = { APP_URL: "https://flightdeck.example.com", TRUSTED_PROXIES: 0 };
const cookie = (value: string) => new Headers({ cookie: value });
const mona: Actor = { kind: "user", ownerId: "1" as OwnerId, login: "mona", role: "user", address: null, token: null };

function accountsKnowing(token: string) {
  const asked: string[] = [];
  const authenticate = async (value: string) => {
    asked.push(value);
    return value === token ? mona : null;
  };
  return { authenticate, asked };
}

describe("the actor behind cookies", () => {
  it("is read from the cookie of this server's scheme", async () => {
    const accounts = accountsKnowing("t-1");
    const plain = "a=b; next-auth.session-token=t-1";
    const secure = "__Secure-next-auth.session-token=t-1; x=y";
    expect(await actorOf(cookie(plain), { accounts, env: http })).toEqual(mona);
    expect(await actorOf(cookie(secure), { accounts, env: https })).toEqual(mona);
    expect(await actorOf(cookie(plain), { accounts, env: https })).toBeNull();
  });

  it("is nobody without the cookie, and then costs no query", async () => {
    const accounts = accountsKnowing("t-1");
    for (const header of [null, "", "a=b", "next-auth.session-token=", "xnext-auth.session-token=t-1"]) {
      expect(
        await actorOf(header === null ? new Headers() : cookie(header), { accounts, env: http }),
      ).toBeNull();
    }
    expect(accounts.asked).toEqual([]);
  });

  it("survives any header", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (header) => {
        expect(Object.getPrototypeOf(readCookies(header))).toBe(Object.prototype);
      }),
    );
    expect(readCookies('a=%zz; a=2; b=%20x; c="q"; =z; __proto__=p')).toMatchObject({
      a: "%zz",
      b: " x",
      c: "q",
    });
    expect(sessionCookieName(https.APP_URL)).toBe("__Secure-next-auth.session-token");
  });
});

describe("a changing request", () => {
  const verdict = (headers: Record<string, string>, method = "POST", env = https) => {
    try {
      assertSameOrigin({ method, headers: new Headers(headers) }, env);
      return "passes";
    } catch (error) {
      return error instanceof AppError ? error.code : error;
    }
  };

  it.each<[string, Record<string, string>]>([
    ["of a program", {}],
    ["of our own page", { "sec-fetch-site": "same-origin", origin: https.APP_URL }],
    ["the person started", { "sec-fetch-site": "none" }],
    ["of our own page in an old browser", { origin: https.APP_URL }],
    ["of a page under the address that was asked", { origin: "http://10.0.0.5:3000", host: "10.0.0.5:3000" }],
  ])("%s passes", (_name, headers) => {
    expect(verdict(headers)).toBe("passes");
  });

  it.each<[string, Record<string, string>]>([
    ["another website", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["another website without an origin", { "sec-fetch-site": "cross-site" }],
    ["a sibling domain", { "sec-fetch-site": "same-site", origin: "https://blog.example.com" }],
    ["another website in an old browser", { origin: "https://evil.example", host: "flightdeck.example.com" }],
    ["a sandboxed frame", { origin: "null", host: "flightdeck.example.com" }],
    ["our address over http", { origin: "http://flightdeck.example.com", host: "other" }],
    ["a browser that says something new", { "sec-fetch-site": "unheard-of" }],
  ])("of %s is refused", (_name, headers) => {
    expect(verdict(headers)).toBe("cross_site_request");
  });

  it("is told from one that only reads", () => {
    expect(verdict({ "sec-fetch-site": "cross-site" }, "GET")).toBe("passes");
    expect(verdict({ "sec-fetch-site": "cross-site" }, "DELETE")).toBe("cross_site_request");
  });
});
