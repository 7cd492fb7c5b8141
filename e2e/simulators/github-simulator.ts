import { z } from "zod";
import { copilotRoutes } from "./github/copilot-routes";
import { Licence, Licences } from "./github/licence";
import type { OAuthClient } from "./github/oauth-routes";
import { oauthRoutes } from "./github/oauth-routes";
import { Organisations, Place } from "./github/organisations";
import { findPerson } from "./github/people";
import { restRoutes } from "./github/rest-routes";
import { ACCESS_TTL_SECONDS, REFRESH_TTL_SECONDS, TokenStore } from "./github/tokens";
import { createModelEngine } from "./model/engine";
import type { Simulator } from "./simulator-server";
import { CommonControl, startSimulator } from "./simulator-server";

export const DEMO_CLIENT: OAuthClient = {
  clientId: "flightdeck-demo",
  clientSecret: "flightdeck-demo-secret",
  name: "Flightdeck",
};
const ALL_SCOPES = "read:org,read:user,user:email";

const Login = z.string().refine((login) => findPerson(login) !== undefined, "nobody here has this login");
const GithubControl = CommonControl.extend({
  tokenMode: z.enum(["plain", "expiring"]).optional(),
  accessTtlSeconds: z.number().int().min(0).optional(),
  refreshTtlSeconds: z.number().int().min(0).optional(),
  licence: z.record(Login, Licence).optional(),
  revokeLogin: Login.optional(),
  revokeToken: z.string().optional(),
  /** Who is in which organisations and teams from now on. */
  memberships: z.record(Login, z.array(Place)).optional(),
  /** Organisations that ask every token for single sign-on from now on. */
  sso: z.array(z.string()).optional(),
  /** Answers `{ token }` without the web flow. */
  issueToken: Login.optional(),
}).strict();
export type GithubControl = z.infer<typeof GithubControl>;

export type GithubSimulator = Simulator<GithubControl> & {
  client: OAuthClient;
  /** A working token without the web flow, in the kind that the token mode gives. */
  issueToken(login: string): string;
};

export type GithubSimulatorOptions = {
  port?: number;
  /** Answer model calls from this endpoint (`http://…/v1`) instead of from the scripted answers. */
  modelBaseUrl?: string;
  client?: OAuthClient;
};

/** Starts one server that plays github.com, api.github.com and Copilot's own API. */
export async function startGithubSimulator(options: GithubSimulatorOptions = {}): Promise<GithubSimulator> {
  const { port = 0, modelBaseUrl, client = DEMO_CLIENT } = options;
  const tokens = new TokenStore();
  const licences = new Licences();
  const organisations = new Organisations();
  const engine = createModelEngine();
  const issueToken = (login: string) =>
    tokens.issue({ login, clientId: client.clientId, scope: ALL_SCOPES }).accessToken;

  const simulator = await startSimulator<GithubControl>({
    port,
    controlSchema: GithubControl,
    identify: (token) => tokens.owner(token),
    reset: () => {
      tokens.mode = { kind: "plain" };
      licences.clear();
      organisations.reset();
      engine.reset();
    },
    control: (instruction) => {
      const { accessTtlSeconds = ACCESS_TTL_SECONDS, refreshTtlSeconds = REFRESH_TTL_SECONDS } = instruction;
      if (instruction.tokenMode === "plain") tokens.mode = { kind: "plain" };
      if (instruction.tokenMode === "expiring")
        tokens.mode = { kind: "expiring", accessTtlSeconds, refreshTtlSeconds };
      for (const [login, licence] of Object.entries(instruction.licence ?? {})) licences.set(login, licence);
      for (const [login, places] of Object.entries(instruction.memberships ?? {}))
        organisations.set(login, places);
      if (instruction.sso) organisations.askForSso(instruction.sso);
      const revoked = instruction.revokeLogin ? tokens.revokeLogin(instruction.revokeLogin) : 0;
      if (instruction.revokeToken) tokens.revokeToken(instruction.revokeToken);
      const issued = instruction.issueToken ? { token: issueToken(instruction.issueToken) } : {};
      return { tokenMode: tokens.mode.kind, revoked, ...issued };
    },
    routes: (app, { url }) => {
      oauthRoutes(app, { tokens, client, url });
      copilotRoutes(app, { tokens, licences, engine, url, modelBaseUrl: modelBaseUrl ?? null });
      restRoutes(app, { tokens, organisations, url });
    },
  });
  return { ...simulator, client, issueToken };
}
