import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink, type TRPCClient } from "@trpc/client";
import { EventSource } from "eventsource";
import superjson from "superjson";
import type { Scope } from "@/lib/contracts/scopes";
import type { AppRouter } from "@/server/trpc/root";

/** The cookies of one HTTP client. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  entries(): { name: string; value: string }[] {
    return [...this.#cookies].map(([name, value]) => ({ name, value }));
  }

  take(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }
}

/** Signs in over plain HTTP, as a program does: GitHub approves at once because the login is named. */
export async function signInByHttp(appUrl: string, login: string): Promise<CookieJar> {
  const jar = new CookieJar();
  const visit = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: jar.header() },
      ...(form && { method: "POST", body: new URLSearchParams(form) }),
    });
    jar.take(response);
    return response;
  };
  const follow = (response: Response): string => {
    const location = response.headers.get("location");
    if (response.status !== 302 || !location) {
      throw new Error(`${response.url} answered ${response.status} instead of sending ${login} on`);
    }
    return new URL(location, appUrl).href;
  };
  const { csrfToken } = (await (await visit(`${appUrl}/api/auth/csrf`)).json()) as { csrfToken: string };
  const form = { csrfToken, callbackUrl: "/" };
  const toGithub = follow(await visit(`${appUrl}/api/auth/signin/github?login=${login}`, form));
  const toCallback = follow(await fetch(toGithub, { redirect: "manual" }));
  const end = new URL(follow(await visit(toCallback)));
  if (end.pathname !== "/") throw new Error(`${login} was sent to ${end.pathname}${end.search}`);
  return jar;
}

/** The typed client as a program outside of a browser makes it: cookies in a header, watches over server-sent
 *  events with the `eventsource` package. */
export function createProgram(appUrl: string, jar: CookieJar): TRPCClient<AppRouter> {
  const url = `${appUrl}/api/trpc`;
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === "subscription",
        true: httpSubscriptionLink({
          url,
          transformer: superjson,
          EventSource,
          eventSourceOptions: {
            fetch: (target, init) =>
              fetch(target, { ...init, headers: { ...init.headers, cookie: jar.header() } }),
          },
        }),
        false: httpLink({ url, transformer: superjson, headers: () => ({ cookie: jar.header() }) }),
      }),
    ],
  });
}

/** A token of the person in `jar`, as the page API tokens makes it. */
export async function createToken(appUrl: string, jar: CookieJar, scopes: Scope[]): Promise<string> {
  const response = await fetch(`${appUrl}/api/trpc/tokens.create`, {
    method: "POST",
    headers: { cookie: jar.header(), "content-type": "application/json" },
    body: superjson.stringify({ name: "journey", scopes, days: 1 }),
  });
  if (!response.ok) throw new Error(`tokens.create answered ${response.status}: ${await response.text()}`);
  const { result } = (await response.json()) as { result: { data: { json: { token: string } } } };
  return result.data.json.token;
}
