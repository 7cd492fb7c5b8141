import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { SimulatorApp, SimulatorContext } from "../simulator-server";
import { requestToken } from "../simulator-server";
import { scopesOf } from "./oauth-routes";
import type { Organisations } from "./organisations";
import type { Person } from "./people";
import {
  avatarSvg,
  findPerson,
  membershipJson,
  orgJson,
  people,
  teamMembershipJson,
  userJson,
} from "./people";
import type { TokenStore } from "./tokens";

type RestParts = { tokens: TokenStore; organisations: Organisations; url: () => string };
type Caller = { person: Person; scopes: string[]; isAppToken: boolean };

const HOUR_SECONDS = 3600;
const RATE_LIMIT = 5000;

/** The REST routes about people, once under `/api/v3` as an own host has them and once at the root. */
export function restRoutes(app: SimulatorApp, parts: RestParts): void {
  app.get("/avatars/:file", (c) => {
    const name = c.req.param("file").replace(/\.svg$/, "");
    return c.body(avatarSvg(name), 200, {
      "content-type": "image/svg+xml",
      "cache-control": "max-age=86400",
    });
  });
  app.get("/", (c) => c.json({ current_user_url: `${parts.url()}/api/v3/user` }));
  for (const prefix of ["", "/api/v3"]) routesUnder(app, prefix, parts);
}

/** The person behind the token of this request, or null. */
export function callerOf(c: SimulatorContext, tokens: TokenStore): Caller | null {
  const token = requestToken(c);
  const checked = token ? tokens.check(token) : null;
  const person = checked ? findPerson(checked.login) : undefined;
  if (!token || !checked || !person) return null;
  return { person, scopes: scopesOf(checked.scope), isAppToken: !token.startsWith("gho_") };
}

export function badCredentials(c: SimulatorContext): Response {
  return failure(c, 401, requestToken(c) ? "Bad credentials" : "Requires authentication");
}

function routesUnder(app: SimulatorApp, prefix: string, { tokens, organisations, url }: RestParts): void {
  const signedIn =
    (answer: (c: SimulatorContext, caller: Caller) => Response) =>
    (c: SimulatorContext): Response => {
      const caller = callerOf(c, tokens);
      if (!caller) return badCredentials(c);
      // An app's token has permissions where an OAuth app's has scopes, and then no such header.
      if (!caller.isAppToken) c.header("x-oauth-scopes", caller.scopes.join(", "));
      c.header("x-github-request-id", `SIM:${c.get("entry").n.toString(16).toUpperCase()}`);
      return answer(c, caller);
    };

  app.get(
    `${prefix}/user`,
    signedIn((c, { person }) => c.json(userJson(person, url()))),
  );
  app.get(
    `${prefix}/user/emails`,
    signedIn((c, caller) => {
      if (!allows(caller, ["user", "user:email"])) return failure(c, 404, "Not Found");
      const { email, login } = caller.person;
      return c.json([
        { email, primary: true, verified: true, visibility: "public" },
        { email: `${login}@users.noreply.github.com`, primary: false, verified: true, visibility: null },
      ]);
    }),
  );
  app.get(
    `${prefix}/user/orgs`,
    signedIn((c, caller) => {
      if (!allows(caller, ["user", "read:user", "read:org"])) return lacksScope(c);
      return c.json(organisations.of(caller.person).map(({ org }) => orgJson(org, url())));
    }),
  );
  app.get(
    `${prefix}/user/memberships/orgs`,
    signedIn((c, caller) => {
      if (!allows(caller, ["read:org", "user"])) return lacksScope(c);
      return c.json(
        organisations.of(caller.person).map((membership) => membershipJson(caller.person, membership, url())),
      );
    }),
  );
  app.get(
    `${prefix}/user/memberships/orgs/:org`,
    signedIn((c, caller) => {
      if (!allows(caller, ["read:org", "user"])) return lacksScope(c);
      const org = c.req.param("org") ?? "";
      const membership = organisations.find(caller.person, org);
      if (!membership) return failure(c, 404, "Not Found");
      if (organisations.asksForSso(org)) return asksForSso(c, url());
      return c.json(membershipJson(caller.person, membership, url()));
    }),
  );
  app.get(
    `${prefix}/orgs/:org/teams/:team/memberships/:login`,
    signedIn((c, caller) => {
      if (!allows(caller, ["read:org"])) return lacksScope(c);
      const [org = "", team = ""] = [c.req.param("org")?.toLowerCase(), c.req.param("team")?.toLowerCase()];
      const other = findPerson(c.req.param("login") ?? "");
      // Who is not in an organisation does not see its teams.
      if (!other || !organisations.find(caller.person, org)) return failure(c, 404, "Not Found");
      if (organisations.asksForSso(org)) return asksForSso(c, url());
      return organisations.find(other, org)?.teams.includes(team)
        ? c.json(teamMembershipJson(other, { org, team }, url()))
        : failure(c, 404, "Not Found");
    }),
  );
  app.get(
    `${prefix}/orgs/:org/members/:login`,
    signedIn((c, { person }) => {
      const org = c.req.param("org") ?? "";
      const other = findPerson(c.req.param("login") ?? "");
      const isMember = (who: Person | undefined) => !!who && organisations.find(who, org) !== undefined;
      return isMember(person) && isMember(other) ? c.body(null, 204) : failure(c, 404, "Not Found");
    }),
  );
  app.get(`${prefix}/users/:login`, (c) => {
    const person = people.find((each) => each.login === c.req.param("login").toLowerCase());
    return person ? c.json(userJson(person, url())) : failure(c, 404, "Not Found");
  });
  app.get(`${prefix}/rate_limit`, (c) => {
    const reset = Math.ceil(Date.now() / 1000) + HOUR_SECONDS;
    const core = { limit: RATE_LIMIT, used: 1, remaining: RATE_LIMIT - 1, reset };
    return c.json({ resources: { core }, rate: core });
  });
  app.get(`${prefix}/meta`, (c) =>
    c.json({ verifiable_password_authentication: false, installed_version: "simulated" }),
  );
}

function allows({ scopes, isAppToken }: Caller, oneOf: string[]): boolean {
  return isAppToken || oneOf.some((scope) => scopes.includes(scope));
}

function lacksScope(c: SimulatorContext): Response {
  return failure(c, 403, "You need at least read:org scope or user scope to list your organizations.");
}

/** As GitHub does where an organisation enforces SAML and the token was not authorised for it. */
function asksForSso(c: SimulatorContext, url: string): Response {
  c.header("x-github-sso", `required; url=${url}/orgs/sso`);
  return failure(c, 403, "Resource protected by organization SAML enforcement.");
}

function failure(c: SimulatorContext, status: ContentfulStatusCode, message: string): Response {
  return c.json(
    { message, documentation_url: "https://docs.github.com/rest", status: String(status) },
    status,
  );
}
