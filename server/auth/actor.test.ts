import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import type { Actor, OwnerId } from "@/server/platform/scope";
import { actorAgain, actorOf, browserActorOf } from "./actor";
import { readCookies, sessionCookieName } from "./cookies";
import { assertSameOrigin } from "./same-origin";

const http = { APP_URL: "http://localhost:3000", TRUSTED_PROXIES: 0 };
const https = { APP_URL: "https://flightdeck.example.com", TRUSTED_PROXIES: 0 };
const cookie = (value: string) => new Headers({ cookie: value });
const mona: Actor = {
  kind: "user",
  ownerId: "1" as OwnerId,
  login: "mona",
  role: "user",
  address: null,
  token: null,
};

const program: Actor = {
  ...{ ...mona, address: "192.0.2.1" },
  token: { id: "t", name: "CI", scopes: ["sessions:write"], expiresAt: null },
};

/** Knows one API token, and notes what it was asked. */
function tokensKnowing(token: string) {
  const asked: string[] = [];
  return {
    asked,
    async authenticate(presented: string, address: string | null) {
      asked.push(`${presented} from ${address}`);
      if (presented !== token) throw new AppError("token_invalid");
      return program;
    },
    async confirm({ token: known }: Actor) {
      asked.push(`again ${known?.id}`);
      return program;
    },
  };
}

function accountsKnowing(token: string) {
  const asked: string[] = [];
  const authenticate = async (value: string) => {
    asked.push(value);
    return value === token ? mona : null;
  };
  return { authenticate, asked };
}

const apiTokens = tokensKnowing("fd_1");
const LOGIN = "next-auth.session-token=t-1";
const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => null,
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );

describe("the actor behind an API token", () => {
  const deps = () => ({ accounts: accountsKnowing("t-1"), apiTokens: tokensKnowing("fd_1"), env: http });
  const bearing = (authorization: string, more: Record<string, string> = {}) =>
    new Headers({ authorization, "x-flightdeck-peer": "192.0.2.1", ...more });

  it.each(["Bearer fd_1", "bearer fd_1", "BEARER   fd_1"])(
    "is read from %j, with where it comes from",
    async (header) => {
      const given = deps();
      expect(await actorOf(bearing(header), given)).toEqual(program);
      expect(given.apiTokens.asked).toEqual(["fd_1 from 192.0.2.1"]);
      expect(given.accounts.asked).toEqual([]);
    },
  );

  it.each(["Bearer", "Bearer ", "Bearer fd_2", "Bearer fd_1 fd_1", "Bearer fd_1, Bearer fd_1"])(
    "is not behind %j",
    async (header) => {
      expect(await codeOf(actorOf(bearing(header), deps()))).toBe("token_invalid");
    },
  );

  it.each(["Basic bW9uYTpmZF8x", "fd_1", "Bearerfd_1", "Token fd_1", ""])(
    "is not looked for in %j, which a proxy may need for itself",
    async (header) => {
      const given = deps();
      expect(await actorOf(bearing(header), given)).toBeNull();
      expect(await actorOf(bearing(header, { cookie: LOGIN }), given)).toEqual(mona);
      expect(given.apiTokens.asked).toEqual([]);
    },
  );

  it("never comes with a browser login, good or not, and then neither is asked", async () => {
    const given = deps();
    for (const login of [LOGIN, "next-auth.session-token=gone"]) {
      for (const token of ["Bearer fd_1", "Bearer nonsense", "Bearer"]) {
        expect(await codeOf(actorOf(bearing(token, { cookie: login }), given))).toBe("mixed_credentials");
      }
    }
    expect([given.accounts.asked, given.apiTokens.asked]).toEqual([[], []]);
    expect(await actorOf(bearing("Bearer fd_1", { cookie: "theme=dark" }), given)).toEqual(program);
  });

  it("opens no page", async () => {
    expect(await browserActorOf(bearing("Bearer fd_1"), deps())).toBeNull();
    expect(await browserActorOf(bearing("Bearer fd_1", { cookie: LOGIN }), deps())).toEqual(mona);
  });

  it("is asked again as what it came as", async () => {
    const given = deps();
    expect(await actorAgain(program, bearing("Bearer fd_1"), given)).toEqual(program);
    expect([given.apiTokens.asked, given.accounts.asked]).toEqual([["again t"], []]);
    expect(await actorAgain(mona, cookie(LOGIN), given)).toEqual(mona);
    expect(given.accounts.asked).toEqual(["t-1"]);
  });
});

describe("the actor behind cookies", () => {
  it("is read from the cookie of this server's scheme", async () => {
    const accounts = accountsKnowing("t-1");
    const plain = "a=b; next-auth.session-token=t-1";
    const secure = "__Secure-next-auth.session-token=t-1; x=y";
    expect(await actorOf(cookie(plain), { accounts, apiTokens, env: http })).toEqual(mona);
    expect(await actorOf(cookie(secure), { accounts, apiTokens, env: https })).toEqual(mona);
    expect(await actorOf(cookie(plain), { accounts, apiTokens, env: https })).toBeNull();
  });

  it("is nobody without the cookie, and then costs no query", async () => {
    const accounts = accountsKnowing("t-1");
    for (const header of [null, "", "a=b", "next-auth.session-token=", "xnext-auth.session-token=t-1"]) {
      const headers = header === null ? new Headers() : cookie(header);
      expect(await actorOf(headers, { accounts, apiTokens, env: http })).toBeNull();
    }
    expect([accounts.asked, apiTokens.asked]).toEqual([[], []]);
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
