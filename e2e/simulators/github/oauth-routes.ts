import { isDeepStrictEqual } from "node:util";
import type { SimulatorApp, SimulatorContext } from "../simulator-server";
import { authorizePage, authorizeProblemPage } from "./authorize-page";
import { findPerson, people, userJson } from "./people";
import type { IssuedTokens, TokenStore } from "./tokens";

export type OAuthClient = { clientId: string; clientSecret: string; name: string };
type OAuthParts = { tokens: TokenStore; client: OAuthClient; url: () => string };

const LOOPBACK_NAMES = new Set(["127.0.0.1", "localhost", "[::1]"]);
const PAGE_HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};
const ERROR_DOCS = "/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/#";
const TOKEN_ERRORS = {
  incorrect_client_credentials: "The client_id and/or client_secret passed are incorrect.",
  redirect_uri_mismatch: "The redirect_uri MUST match the registered callback URL for this application.",
  bad_verification_code: "The code passed is incorrect or expired.",
  bad_refresh_token: "The refresh token passed is incorrect or expired.",
  unsupported_grant_type: "The grant_type is not supported.",
} as const;

/** The web flow of an OAuth app and of a GitHub App: authorize, exchange, refresh, revoke. */
export function oauthRoutes(app: SimulatorApp, { tokens, client, url }: OAuthParts): void {
  app.get("/login/oauth/authorize", (c) => {
    const query = c.req.query();
    const stop = (title: string, message: string, status: 400 | 404) =>
      c.html(authorizeProblemPage(title, message), status, PAGE_HEADERS);
    if (query.client_id !== client.clientId) {
      return stop("Unknown application", "There is no application with this client_id.", 404);
    }
    const redirectUri = loopbackUrl(query.redirect_uri);
    if (!redirectUri)
      return stop("Wrong redirect_uri", "The redirect_uri must be an http address on this computer.", 400);
    if (query.code_challenge !== undefined && query.code_challenge_method !== "S256") {
      return stop("Wrong code_challenge_method", "Only S256 is supported.", 400);
    }

    const back = (params: Record<string, string>) => {
      const target = new URL(redirectUri);
      for (const [name, value] of Object.entries(params)) target.searchParams.set(name, value);
      if (query.state !== undefined) target.searchParams.set("state", query.state);
      return target.href;
    };
    const person = query.login ? findPerson(query.login) : undefined;
    if (person) {
      const code = tokens.issueCode(person.login, {
        clientId: client.clientId,
        redirectUri: query.redirect_uri ?? "",
        scope: scopesOf(query.scope).join(","),
        codeChallenge: query.code_challenge ?? null,
      });
      return c.redirect(back({ code }), 302);
    }
    const choose = (login: string) => `/login/oauth/authorize?${new URLSearchParams({ ...query, login })}`;
    const body = authorizePage({
      appName: client.name,
      scopes: scopesOf(query.scope),
      choices: people.map((each) => ({ person: each, href: choose(each.login) })),
      cancelHref: back({
        error: "access_denied",
        error_description: "The user has denied your application access.",
        error_uri: `https://docs.github.com${ERROR_DOCS}access-denied`,
      }),
      problem: query.login
        ? `There is nobody called “${query.login}” here. Choose one of the people below.`
        : null,
    });
    return c.html(body, query.login ? 404 : 200, PAGE_HEADERS);
  });

  app.post("/login/oauth/access_token", async (c) => {
    const form = await readForm(c);
    const basic = basicCredentials(c);
    const clientId = form.client_id ?? basic?.id;
    const clientSecret = form.client_secret ?? basic?.secret;
    if (clientId !== client.clientId || clientSecret !== client.clientSecret) {
      return tokenError(c, "incorrect_client_credentials");
    }
    if (form.grant_type === "refresh_token") {
      const issued = tokens.rotate(form.refresh_token ?? "", clientId);
      return issued ? tokenAnswer(c, issued) : tokenError(c, "bad_refresh_token");
    }
    if (form.grant_type !== undefined && form.grant_type !== "authorization_code") {
      return tokenError(c, "unsupported_grant_type");
    }
    const exchange = tokens.exchangeCode(form.code ?? "", {
      clientId,
      redirectUri: form.redirect_uri ?? null,
      codeVerifier: form.code_verifier ?? null,
    });
    return exchange.ok ? tokenAnswer(c, exchange.issued) : tokenError(c, exchange.error);
  });

  for (const prefix of ["", "/api/v3"]) {
    app.on(
      ["DELETE", "POST"],
      [`${prefix}/applications/:clientId/token`, `${prefix}/applications/:clientId/grant`],
      async (c) => {
        const given = basicCredentials(c);
        const expected = { id: client.clientId, secret: client.clientSecret };
        if (c.req.param("clientId") !== client.clientId || !isDeepStrictEqual(given, expected)) {
          return c.json(
            { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" },
            404,
          );
        }
        const token = (await readForm(c)).access_token ?? "";
        const checked = tokens.check(token);
        if (!checked) {
          const errors = [{ resource: "OauthAccess", field: "access_token", code: "invalid" }];
          return c.req.method === "POST"
            ? c.notFound()
            : c.json({ message: "Validation Failed", errors }, 422);
        }
        if (c.req.method === "POST") {
          const person = findPerson(checked.login);
          const scopes = scopesOf(checked.scope);
          return c.json({ token, scopes, user: person ? userJson(person, url()) : null });
        }
        if (c.req.path.endsWith("/grant")) tokens.revokeLogin(checked.login, client.clientId);
        tokens.revokeToken(token);
        return c.body(null, 204);
      },
    );
  }
}

/** GitHub separates scopes by spaces or commas in the question and by commas in the answer. */
export function scopesOf(scope: string | undefined): string[] {
  return [...new Set((scope ?? "").split(/[\s,]+/).filter(Boolean))].sort();
}

function tokenAnswer(c: SimulatorContext, { accessToken, scope, refresh }: IssuedTokens): Response {
  const plain = { access_token: accessToken, token_type: "bearer", scope };
  if (!refresh) return formOrJson(c, plain);
  return formOrJson(c, {
    ...plain,
    expires_in: refresh.accessTtlSeconds,
    refresh_token: refresh.token,
    refresh_token_expires_in: refresh.refreshTtlSeconds,
  });
}

/** GitHub answers 200 also when it refuses: a client that looks at the status alone is wrong. */
function tokenError(c: SimulatorContext, error: keyof typeof TOKEN_ERRORS): Response {
  return formOrJson(c, {
    error,
    error_description: TOKEN_ERRORS[error],
    error_uri: ERROR_DOCS + error.replaceAll("_", "-"),
  });
}

function formOrJson(c: SimulatorContext, answer: Record<string, string | number>): Response {
  if (c.req.header("accept")?.includes("json")) return c.json(answer);
  const form = new URLSearchParams(Object.entries(answer).map(([key, value]) => [key, String(value)]));
  return c.body(form.toString(), 200, { "content-type": "application/x-www-form-urlencoded; charset=utf-8" });
}

/** Reads a form or JSON by what it looks like: many clients send JSON without saying so. */
async function readForm(c: SimulatorContext): Promise<Record<string, string | undefined>> {
  const text = await c.req.text();
  if (!text.trimStart().startsWith("{")) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text) as Record<string, string | undefined>;
  } catch {
    return {};
  }
}

function basicCredentials(c: SimulatorContext): { id: string; secret: string } | null {
  const encoded = /^basic\s+(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (!encoded) return null;
  const [id = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  // RFC 6749 asks clients to percent-encode both halves; ours holds nothing that would change.
  return { id, secret: rest.join(":") };
}

function loopbackUrl(text: string | undefined): URL | null {
  const url = text && URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  return LOOPBACK_NAMES.has(url.hostname) || url.hostname.endsWith(".localhost") ? url : null;
}
