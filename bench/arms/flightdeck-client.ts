import { Agent, type IncomingMessage, request } from "node:http";
import superjson from "superjson";
import type { WireEvent } from "@/lib/events/wire";
import { readEventStream } from "./event-stream";

/** An answer other than 200. */
export class CallError extends Error {
  readonly status: number;
  constructor(path: string, status: number, body: string) {
    super(`${path} answered ${status}: ${body.slice(0, 500)}`);
    this.status = status;
  }
}

/** An open `sessions.watch`. */
export type Watch = {
  close(): void;
  /** Port of the client's end, by which a proxy knows the connection. */
  localPort: number;
  /** Resolves when the stream is over, by whichever side. */
  ended: Promise<void>;
};

type Reply = { status: number; headers: IncomingMessage["headers"]; body: string };
/** `by`: the headers that say who calls, where it is not by the login. */
type Call = {
  method: "GET" | "POST";
  path: string;
  contentType?: string;
  body?: string;
  by?: Record<string, string>;
};

/** A program that is signed in to Flightdeck. It speaks tRPC's wire format over bare HTTP, so that the client's own
 *  work weighs as little as it can: what is measured is the server. */
export type FlightdeckClient = {
  call<Answer>(kind: "query" | "mutation", path: string, input: unknown): Promise<Answer>;
  /** Reads what is at `path`, as whoever the headers `by` say; throws where the answer is not 200. */
  read(path: string, by: Record<string, string>): Promise<void>;
  /** Opens `sessions.watch`; resolves when the server has accepted it. */
  watch(sessionId: string, onEvent: (event: WireEvent) => void, lastEventId?: number): Promise<Watch>;
  /** The address of a session's watch, below the app's. */
  watchPath(sessionId: string, lastEventId?: number): string;
  /** The same login over another port of this machine: another process of the app, or a proxy before it. */
  at(port: number): FlightdeckClient;
  /** The Cookie header of the login. */
  cookieHeader(): string;
  close(): void;
};

async function readAll(message: IncomingMessage): Promise<string> {
  let text = "";
  message.setEncoding("utf8");
  for await (const chunk of message) text += chunk;
  return text;
}

function watchPath(sessionId: string, lastEventId?: number): string {
  const input = superjson.stringify({
    sessionId,
    ...(lastEventId !== undefined && { lastEventId: String(lastEventId) }),
  });
  return `/api/trpc/sessions.watch?input=${encodeURIComponent(input)}`;
}

/** Signs in as `login` the way a program does: NextAuth's own form, with GitHub's parameter that names the account. */
export async function signInToFlightdeck(appUrl: string, login: string): Promise<FlightdeckClient> {
  const base = new URL(appUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const jar = new Map<string, string>();
  const cookieHeader = () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");

  function begin(call: Call, port = base.port): Promise<IncomingMessage> {
    const { method, path, contentType, body, by = { cookie: cookieHeader() } } = call;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent,
          // By number: a name would first be looked up, and perhaps tried as IPv6.
          host: "127.0.0.1",
          port,
          method,
          path,
          headers: {
            host: base.host,
            ...by,
            ...(contentType && { "content-type": contentType }),
            ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
          },
        },
        resolve,
      );
      outgoing.once("error", (error) => {
        // A kept connection that the server closed just when it was taken again: nothing was done.
        const wasClosed = outgoing.reusedSocket && "code" in error && error.code === "ECONNRESET";
        if (wasClosed) resolve(begin(call, port));
        else reject(error);
      });
      outgoing.end(call.body);
    });
  }
  function keepCookies(lines: string[]): void {
    for (const line of lines) {
      const [pair = ""] = line.split(";");
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
  }
  async function exchange(call: Call, port = base.port): Promise<Reply> {
    const message = await begin(call, port);
    keepCookies(message.headers["set-cookie"] ?? []);
    return { status: message.statusCode ?? 0, headers: message.headers, body: await readAll(message) };
  }

  async function signIn(): Promise<void> {
    const csrf = JSON.parse((await exchange({ method: "GET", path: "/api/auth/csrf" })).body) as {
      csrfToken: string;
    };
    const toGithub = await exchange({
      method: "POST",
      path: `/api/auth/signin/github?login=${encodeURIComponent(login)}`,
      contentType: "application/x-www-form-urlencoded",
      body: new URLSearchParams({ csrfToken: csrf.csrfToken, callbackUrl: "/" }).toString(),
    });
    const approved = await fetch(toGithub.headers.location ?? "", { redirect: "manual" });
    const back = new URL(approved.headers.get("location") ?? "", appUrl);
    const signedIn = await exchange({ method: "GET", path: `${back.pathname}${back.search}` });
    if (signedIn.headers.location?.includes("signin")) {
      throw new Error(`Sign-in as ${login} was refused: ${signedIn.headers.location}`);
    }
  }

  await signIn();
  const at = (port: string): FlightdeckClient => ({
    async call<Answer>(kind: "query" | "mutation", path: string, input: unknown): Promise<Answer> {
      const text = superjson.stringify(input);
      const reply = await exchange(
        kind === "mutation"
          ? { method: "POST", path: `/api/trpc/${path}`, contentType: "application/json", body: text }
          : { method: "GET", path: `/api/trpc/${path}?input=${encodeURIComponent(text)}` },
        port,
      );
      if (reply.status !== 200) throw new CallError(path, reply.status, reply.body);
      const { result } = JSON.parse(reply.body) as {
        result: { data: Parameters<typeof superjson.deserialize>[0] };
      };
      return superjson.deserialize<Answer>(result.data);
    },
    async read(path, by) {
      const { status, body } = await exchange({ method: "GET", path, by }, port);
      if (status !== 200) throw new CallError(path, status, body);
    },
    watchPath,
    async watch(sessionId, onEvent, lastEventId) {
      const message = await begin({ method: "GET", path: watchPath(sessionId, lastEventId) }, port);
      if (message.statusCode !== 200) {
        throw new CallError("sessions.watch", message.statusCode ?? 0, await readAll(message));
      }
      const ended = new Promise<void>((resolve) => message.once("close", resolve));
      readEventStream(message, onEvent);
      return {
        close: () => void message.destroy(),
        localPort: message.socket.localPort ?? 0,
        ended,
      };
    },
    at: (other) => at(String(other)),
    cookieHeader,
    close: () => agent.destroy(),
  });
  return at(base.port);
}
