import { randomUUID } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import pino from "pino";
import type { Env } from "@/server/platform/env";
import { answerTrpc, answerWatch, type Serving } from "@/server/runtime/http";
import type { TestDatabase } from "./database";
import type { TestProcess } from "./process";
import { servicesOf } from "./services";

const DAY_MS = 86_400_000;
const WATCH = "/api/trpc/sessions.watch";

export type TestHttp = AsyncDisposable & {
  url: string;
  /** Closes every connection, as a proxy in front does that is started again. */
  cut(): void;
};

/** A real HTTP server on a free port of this machine. */
export async function serveHttp(listener: RequestListener): Promise<TestHttp> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    cut: () => server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Serves a process's tRPC, as the app does. */
export async function serveTrpc(app: TestProcess): Promise<TestHttp> {
  const env = { APP_URL: "http://localhost:3000", TRUSTED_PROXIES: 0, FLIGHTDECK_DEMO: false } as Env;
  const stopping = new AbortController();
  const serving: Serving = {
    ...{ env, log: pino({ level: "silent" }), services: servicesOf(app), stopping: stopping.signal },
  };
  const listener = getRequestListener((request) => answerTrpc(serving, request));
  const http = await serveHttp((request, response) => {
    if (request.url?.startsWith(WATCH)) void answerWatch(serving, request, response);
    else void listener(request, response);
  });
  return {
    ...http,
    async [Symbol.asyncDispose]() {
      stopping.abort("stopped");
      await http[Symbol.asyncDispose]();
    },
  };
}

/** The Cookie header of a browser in which this person is signed in from now on. */
export async function cookieOf({ db }: TestDatabase, userId: string): Promise<string> {
  const sessionToken = randomUUID();
  await db.session.create({ data: { sessionToken, userId, expires: new Date(Date.now() + DAY_MS) } });
  return `next-auth.session-token=${sessionToken}`;
}
