import type { AuthOptions, LoggerInstance, Profile } from "next-auth";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { AppError } from "@/lib/errors/app-error";
import type { Db } from "@/server/db/client";
import type { Accounts, AskGithub } from "@/server/domain/accounts/types";
import type { Audit } from "@/server/domain/audit/types";
import type { Credentials } from "@/server/domain/credentials/types";
import type { Github } from "@/server/github/types";
import type { Clock } from "@/server/platform/clock";
import type { Env } from "@/server/platform/env";
import type { Log } from "@/server/platform/log";
import type { OwnerId } from "@/server/platform/scope";
import type { Secret } from "@/server/platform/secret";
import { createAuthAdapter, LOGIN_EXTEND_AFTER_SECONDS, LOGIN_SECONDS } from "./adapter";
import { type SignInAttempt, signInPage } from "./attempt";

export type AuthDeps = {
  env: Pick<
    Env,
    | "APP_URL"
    | "TRUSTED_PROXIES"
    | "NEXTAUTH_SECRET"
    | "GITHUB_CLIENT_ID"
    | "GITHUB_CLIENT_SECRET"
    | "GITHUB_SCOPE"
    | "GITHUB_ROLE_MAP"
  >;
  db: Db;
  accounts: Pick<Accounts, "authenticate" | "gate" | "register" | "recordSignIn">;
  credentials: Pick<Credentials, "store" | "forget">;
  github: Pick<Github, "hosts" | "exchangeCode" | "user" | "organizations" | "membership">;
  audit: Pick<Audit, "record">;
  clock: Clock;
  log: Log;
};

const isGithubDown = (error: unknown) => error instanceof AppError && error.code === "github_unavailable";

/** Any of these lets a token see its person's organisations and teams. */
const ORG_SCOPE = /(^|[\s,])(read|write|admin):org($|[\s,])/;

/** The scopes to ask for: where roles come from organisations and teams, these must be readable. */
const scopeOf = ({ GITHUB_SCOPE, GITHUB_ROLE_MAP }: AuthDeps["env"]) =>
  GITHUB_ROLE_MAP.length === 0 || ORG_SCOPE.test(GITHUB_SCOPE) ? GITHUB_SCOPE : `${GITHUB_SCOPE} read:org`;

function githubProvider({ env, github }: AuthDeps, attempt: SignInAttempt): OAuthConfig<Profile> {
  const { web } = github.hosts;

  async function reachingGithub<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (isGithubDown(error)) attempt.error = "github_unavailable";
      throw error;
    }
  }

  return {
    id: "github",
    name: "GitHub",
    type: "oauth",
    clientId: env.GITHUB_CLIENT_ID,
    clientSecret: env.GITHUB_CLIENT_SECRET,
    checks: ["pkce", "state"],
    authorization: { url: `${web}/login/oauth/authorize`, params: { scope: scopeOf(env) } },
    token: {
      url: `${web}/login/oauth/access_token`,
      async request({ params, checks, provider }) {
        // With an exchange of our own, NextAuth makes the state and leaves the comparison to us.
        if (!params.code || !checks.state || params.state !== checks.state) {
          throw new Error("the answer does not belong to a sign-in that was started in this browser");
        }
        const { code } = params;
        const answer = await reachingGithub(() =>
          github.exchangeCode({
            code,
            codeVerifier: checks.code_verifier,
            redirectUri: provider.callbackUrl,
          }),
        );
        if (!answer.ok) throw new Error("GitHub refused the code of this sign-in");
        attempt.tokens = answer.tokens;
        return { tokens: { token_type: "bearer" } };
      },
    },
    userinfo: {
      async request() {
        const { tokens } = attempt;
        if (!tokens) throw new Error("there is no token to ask GitHub with");
        attempt.profile = await reachingGithub(() => github.user(tokens.accessToken));
        return { sub: attempt.profile.githubId };
      },
    },
    // NextAuth needs the identity alone; the rest of the profile goes to the accounts room.
    profile: ({ sub = "" }) => ({ id: sub }),
  };
}

function nextAuthLogger(log: Log): Partial<LoggerInstance> {
  return {
    // Most of these are a person's: a link opened twice, a cookie that ran out. They are counted, not alarms.
    error: (code, metadata) =>
      log.warn(
        { nextauth: code, err: metadata instanceof Error ? metadata : metadata.error },
        "sign-in problem",
      ),
    warn: (code) => log.warn({ nextauth: code }, "sign-in configuration"),
    debug: () => {},
  };
}

/** NextAuth's options for one request: GitHub at GITHUB_URL with PKCE and state, logins in the database. Nobody
 *  whom the gate refuses leaves a trace in the database; everybody else has fresh tokens stored, and name and login
 *  recorded, before the login begins. */
export function createAuthOptions(deps: AuthDeps, attempt: SignInAttempt): AuthOptions {
  const { env, accounts, credentials, github, log } = deps;

  const asking = (token: Secret, login: string): AskGithub => ({
    async orgs() {
      const answer = await github.organizations(token);
      if (answer.readable) return answer.logins;
      log.warn("GitHub does not show organisations: GITHUB_SCOPE needs read:org where ALLOWED_ORGS is set");
      return [];
    },
    async membership(place) {
      const membership = await github.membership(token, place, login);
      if (membership === "hidden") log.warn({ ...place, login }, "GitHub does not show a membership");
      return membership;
    },
  });

  return {
    secret: env.NEXTAUTH_SECRET,
    useSecureCookies: env.APP_URL.startsWith("https://"),
    providers: [githubProvider(deps, attempt)],
    adapter: createAuthAdapter(deps, attempt),
    session: { strategy: "database", maxAge: LOGIN_SECONDS, updateAge: LOGIN_EXTEND_AFTER_SECONDS },
    pages: { signIn: "/signin", error: "/signin" },
    logger: nextAuthLogger(log),
    callbacks: {
      async signIn() {
        const { profile, tokens, userId } = attempt;
        if (!profile || !tokens) return false;
        try {
          const { login } = profile;
          const decision = await accounts.gate({ login, userId }, asking(tokens.accessToken, login));
          if (decision.allowed) attempt.mappedRole = decision.mappedRole;
          else attempt.error = decision.reason;
          // Their turns, if any still run, are stopped by the turns room's sweep.
          if (attempt.error === "suspended" && userId) await credentials.forget(userId as OwnerId);
        } catch (error) {
          if (!isGithubDown(error)) throw error;
          attempt.error = "github_unavailable";
        }
        if (attempt.error) return signInPage(attempt.error, profile.login);
        if (userId) {
          await credentials.store(userId, tokens);
          await accounts.recordSignIn(userId, profile);
        }
        return true;
      },
      redirect({ url, baseUrl }) {
        const target = URL.canParse(url, baseUrl) ? new URL(url, baseUrl) : null;
        return target?.origin === new URL(baseUrl).origin ? target.href : baseUrl;
      },
    },
  };
}
