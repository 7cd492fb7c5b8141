import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings, ServerType } from "@hono/node-server";
import { createAdaptorServer } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import { Hono } from "hono";
import { z } from "zod";
import type { RequestLogEntry } from "./request-log";
import { hashToken, RequestLog } from "./request-log";

/** The stand-ins hand out tokens to whoever asks, so they never listen on anything but loopback. */
export const SIMULATOR_HOST = "127.0.0.1";
/** Here the CLI says for which of its sessions it calls the model. */
const SESSION_HEADER = "x-client-session-id";

export type SimulatorEnv = { Bindings: HttpBindings; Variables: { entry: RequestLogEntry } };
export type SimulatorContext = Context<SimulatorEnv>;
export type SimulatorApp = Hono<SimulatorEnv>;

export type Simulator<Control> = {
  url: string;
  port: number;
  log: RequestLog;
  /** What `POST /_control` does. Throws a ZodError for an unknown or malformed instruction. */
  control(instruction: Control): Record<string, unknown>;
  /** Clears the log and every fault. Tokens stay as they are: a revoked one does not come back. */
  reset(): void;
  close(): Promise<void>;
};

export const CommonControl = z.object({
  reset: z.literal(true).optional(),
  /** Every path that does not start with `/_` answers 503. */
  down: z.boolean().optional(),
  /** Added in front of every answer. */
  latencyMs: z.number().int().min(0).max(60_000).optional(),
});
type CommonControl = z.infer<typeof CommonControl>;

export type SimulatorParts<Control> = {
  port: number;
  routes: (app: SimulatorApp, place: { url: () => string }) => void;
  controlSchema: z.ZodType<Control>;
  control: (instruction: Control) => Record<string, unknown>;
  reset: () => void;
  /** Whose token is this? */
  identify: (token: string) => string | null;
};

/** Starts a stand-in with its log and its control routes. Resolves when it accepts connections. */
export async function startSimulator<Control extends CommonControl>(
  parts: SimulatorParts<Control>,
): Promise<Simulator<Control>> {
  const log = new RequestLog();
  const faults = { down: false, latencyMs: 0 };
  let url = "";

  const reset = () => {
    faults.down = false;
    faults.latencyMs = 0;
    log.clear();
    parts.reset();
  };
  const control = (given: Control) => {
    const instruction = parts.controlSchema.parse(given);
    if (instruction.reset) reset();
    faults.down = instruction.down ?? faults.down;
    faults.latencyMs = instruction.latencyMs ?? faults.latencyMs;
    return { ...faults, ...parts.control(instruction) };
  };

  const app: SimulatorApp = new Hono<SimulatorEnv>();
  app.get("/_log", (c) => c.json(log.since(Number(c.req.query("since") ?? 0))));
  app.delete("/_log", (c) => {
    log.clear();
    return c.body(null, 204);
  });
  app.post("/_control", async (c) => {
    const parsed = parts.controlSchema.safeParse(await c.req.json().catch(() => null));
    if (!parsed.success) return c.json({ error: "unknown instruction", issues: parsed.error.issues }, 400);
    return c.json(control(parsed.data));
  });
  app.use("*", logRequest(log, parts.identify));
  app.use("*", async (c, next) => {
    if (faults.latencyMs > 0) await sleep(faults.latencyMs);
    if (faults.down) return c.json({ message: "Service unavailable" }, 503);
    await next();
  });
  parts.routes(app, { url: () => url });
  app.notFound((c) =>
    c.json({ message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" }, 404),
  );

  const server = createAdaptorServer({ fetch: app.fetch });
  const port = await listen(server, parts.port);
  url = `http://${SIMULATOR_HOST}:${port}`;
  return { url, port, log, control, reset, close: () => closeServer(server) };
}

/** The token of `Authorization: Bearer X` or `token X`, or the key of a model endpoint; null for anything else. */
export function requestToken(c: SimulatorContext): string | null {
  const match = /^(?:bearer|token)\s+(\S+)$/i.exec(c.req.header("authorization") ?? "");
  return match?.[1] ?? c.req.header("x-api-key") ?? c.req.header("api-key") ?? null;
}

function logRequest(
  log: RequestLog,
  identify: (token: string) => string | null,
): MiddlewareHandler<SimulatorEnv> {
  return async (c, next) => {
    const startedAt = performance.now();
    const token = requestToken(c);
    const { outgoing } = c.env;
    const { pathname, search } = new URL(c.req.url);
    const entry = log.begin({
      method: c.req.method,
      path: pathname,
      query: redactQuery(search),
      tokenLogin: token ? identify(token) : null,
      tokenHash: token ? hashToken(token) : null,
      userAgent: c.req.header("user-agent") ?? null,
      sessionHint: c.req.header(SESSION_HEADER) ?? null,
    });
    c.set("entry", entry);
    outgoing.once("close", () => {
      entry.durationMs = Math.round(performance.now() - startedAt);
      if (!outgoing.writableFinished) entry.aborted = true;
    });
    await next();
    // An answer written by hand sets its status itself: at this point it may not have begun.
    if (!c.res.headers.has("x-hono-already-sent")) entry.status = c.res.status;
  };
}

/** A code is a credential for as long as it lives. */
function redactQuery(search: string): string {
  return search.replace(/([?&](?:code|client_secret|access_token|refresh_token)=)[^&]*/g, "$1[redacted]");
}

function listen(server: ServerType, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, SIMULATOR_HOST, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closeServer(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}
