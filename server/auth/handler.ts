import type { NextApiRequest, NextApiResponse } from "next";
import * as nextAuthModule from "next-auth";
import { processEnv } from "@/server/platform/env";
import type { OwnerId } from "@/server/platform/scope";
import { browserActorOf } from "./actor";
import { clientAddress } from "./address";
import { isRefusal, newAttempt, type SignInAttempt, signInErrorOf, signInPage } from "./attempt";
import { readCookies } from "./cookies";
import { type AuthDeps, createAuthOptions } from "./nextauth";

export type Auth = {
  /** Answers `/api/auth/<segments>`: csrf, providers, session, signin, callback, signout. A sign-in that fails ends
   *  on `/signin?error=CODE` with a `SignInError`. `?login=NAME` at `signin/github` suggests an account to GitHub. */
  handle(request: Request, segments: string[]): Promise<Response>;
};

type Reply = { status: number; headers: Headers; cookies: string[]; body: BodyInit | null };

const ACTIONS: Record<string, readonly string[]> = {
  GET: ["callback", "csrf", "error", "providers", "session", "signin", "signout"],
  POST: ["signin", "signout"],
};
/** What a sign-in may pass on to GitHub's authorize page; the rest of that question is ours alone. */
const SIGNIN_PARAMS = ["login", "callbackUrl"];

// A bundler hands out the default export, Node's own loader the CommonJS module around it.
const exported: unknown = nextAuthModule.default;
const nextAuth = (
  typeof exported === "function" ? exported : (exported as typeof nextAuthModule).default
) as typeof nextAuthModule.default;

async function readBody(request: Request): Promise<Record<string, string> | undefined> {
  if (request.method !== "POST") return undefined;
  const text = await request.text();
  if (!request.headers.get("content-type")?.includes("json"))
    return Object.fromEntries(new URLSearchParams(text));
  try {
    const json: unknown = JSON.parse(text);
    return json !== null && typeof json === "object" ? { ...json } : {};
  } catch {
    return {};
  }
}

/** What NextAuth uses of a Node response, kept for a web one. */
function recordReply(): { reply: Reply; res: NextApiResponse } {
  const reply: Reply = { status: 200, headers: new Headers(), cookies: [], body: null };
  const res = {
    status(code: number) {
      reply.status = code;
      return res;
    },
    getHeader: (name: string) =>
      name.toLowerCase() === "set-cookie" ? reply.cookies : (reply.headers.get(name) ?? undefined),
    setHeader(name: string, value: string | string[]) {
      if (name.toLowerCase() === "set-cookie") reply.cookies = [value].flat();
      else reply.headers.set(name, String(value));
      return res;
    },
    json(body: unknown) {
      reply.headers.set("content-type", "application/json");
      reply.body = JSON.stringify(body);
    },
    send(body: unknown) {
      if (typeof body === "string" || body === undefined) reply.body = body ?? null;
      else res.json(body);
    },
    end() {},
  };
  return { reply, res: res as unknown as NextApiResponse };
}

/** Where NextAuth wants to send the browser, with its own error pages replaced by the sign-in page. */
function destination(location: string, attempt: SignInAttempt, appUrl: string): string {
  const { pathname, searchParams } = new URL(location, appUrl);
  if (pathname === "/api/auth/signin" && searchParams.has("csrf")) attempt.error ??= "form_expired";
  else if (pathname === "/api/auth/error") {
    attempt.error ??= signInErrorOf(searchParams.get("error"));
  } else return location;
  return signInPage(attempt.error);
}

function respond(
  { status, headers, cookies, body }: Reply,
  attempt: SignInAttempt,
  appUrl: string,
): Response {
  const location = headers.get("location");
  if (location !== null) headers.set("location", destination(location, attempt, appUrl));
  headers.set("cache-control", "private, no-cache, no-store");
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(body, { status, headers });
}

const redirect = (location: string) => new Response(null, { status: 302, headers: { location } });

/** The sign-in edge: NextAuth behind plain web requests and answers. Holds no state between requests. */
export function createAuth(deps: AuthDeps): Auth {
  const { env, audit, log } = deps;
  // NextAuth knows its own address from the environment alone.
  processEnv().NEXTAUTH_URL = env.APP_URL;

  function logSignIn(attempt: SignInAttempt): void {
    const fields = { login: attempt.profile?.login, userId: attempt.userId };
    log.info({ ...fields, outcome: attempt.error ?? "signed_in" }, "sign-in");
  }

  /** Sign-ins of people whom GitHub has named, and what became of them. */
  async function recordSignIn({ profile, userId, error }: SignInAttempt, address: string | null) {
    if (!profile) return;
    const { login } = profile;
    const target = { type: "person" as const, id: userId ?? login, name: login };
    if (!error && userId) {
      const actor = { kind: "user" as const, ownerId: userId as OwnerId, login, address };
      await audit.record({ action: "sign_in", actor, target });
    } else if (isRefusal(error)) {
      const refusal = { result: "refused" as const, code: error };
      await audit.record({ action: "sign_in_refused", actor: null, address, target, ...refusal });
    }
  }

  return {
    async handle(request, segments) {
      const [action = "", provider] = segments;
      if (!ACTIONS[request.method]?.includes(action)) return new Response("Not found", { status: 404 });
      const attempt = newAttempt(action);
      const query = Object.fromEntries(new URL(request.url).searchParams);
      if (action === "error") return redirect(signInPage(signInErrorOf(query.error ?? null)));
      if (action === "callback" && query.error) {
        // The person pressed Cancel, or GitHub itself refused to go on.
        attempt.error = query.error === "access_denied" ? "access_denied" : "OAuthCallback";
        logSignIn(attempt);
        return redirect(signInPage(attempt.error));
      }
      const passed =
        action === "signin"
          ? Object.fromEntries(Object.entries(query).filter(([name]) => SIGNIN_PARAMS.includes(name)))
          : query;
      const body = await readBody(request);
      const leaving = action === "signout" && body ? await browserActorOf(request.headers, deps) : null;
      const { reply, res } = recordReply();
      const req = {
        // NextAuth takes the second segment for an error where there is no `error`.
        query: { error: "", ...passed, nextauth: provider ? [action, provider] : [action] },
        body,
        cookies: readCookies(request.headers.get("cookie")),
        headers: Object.fromEntries(request.headers),
        method: request.method,
      } as unknown as NextApiRequest;
      await nextAuth(req, res, createAuthOptions(deps, attempt));
      const response = respond(reply, attempt, env.APP_URL);
      if (action === "callback") {
        logSignIn(attempt);
        await recordSignIn(attempt, clientAddress(request.headers, env.TRUSTED_PROXIES));
      }
      if (leaving && !(await browserActorOf(request.headers, deps))) {
        await audit.record({ action: "sign_out", actor: leaving });
      }
      return response;
    },
  };
}
