import { getRequestListener } from "@hono/node-server";
import pino from "pino";
import { afterAll, beforeAll } from "vitest";
import type { QuotaLimits } from "@/server/domain/quotas/types";
import type { Env } from "@/server/platform/env";
import type { Actor } from "@/server/platform/scope";
import type { Serving } from "@/server/runtime/http";
import { answerEvents, answerRest } from "@/server/runtime/rest";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import { createTestDatabase, type TestDatabase } from "./database";
import { cookieOf, serveHttp, type TestHttp } from "./http";
import { createActor, startTestProcess, type TestProcess } from "./process";
import { NO_LISTS, servicesOf } from "./services";

const APP_URL = "http://localhost:3000";
const EVENTS_PATH = /^\/api\/v1\/sessions\/[^/?]+\/events(\?|$)/;

export type Answer = { status: number; headers: Headers; body: unknown };
type Sent = { headers?: Record<string, string>; json?: unknown; text?: string };

type Options = {
  /** Other websites whose pages may call. */
  origins?: string[];
  quotas?: Partial<QuotaLimits>;
};

export type RestClient = {
  actor: Actor;
  cookie: string;
  /** One call; `json` or `text` is its body. What is answered in JSON is parsed. */
  call(method: string, path: string, sent?: Sent): Promise<Answer>;
};

async function callAt(url: string, method: string, { headers, json, text }: Sent): Promise<Answer> {
  const body = json === undefined ? text : JSON.stringify(json);
  const response = await fetch(url, {
    method,
    headers: { ...(json !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body }),
  });
  const said = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "") && said !== "";
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(said) : said };
}

/** For the tests of a file: a process of the app on a fake pool, with its REST API behind a real HTTP server, whose
 *  routes are those that Next gives it. */
export function withRest({ origins = [], quotas = {} }: Options = {}) {
  let database: TestDatabase;
  let pool: FakePool;
  let app: TestProcess;
  let http: TestHttp;
  let serving: Serving;
  let stopping: AbortController;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createFakePool();
    app = startTestProcess(database, pool);
    const env = {
      APP_URL,
      TRUSTED_PROXIES: 0,
      FLIGHTDECK_DEMO: false,
      CORS_ORIGINS: origins,
    } as Partial<Env>;
    const log = pino({ level: process.env.TEST_LOG_LEVEL ?? "silent" });
    stopping = new AbortController();
    serving = {
      env: env as Env,
      log,
      services: servicesOf(app, NO_LISTS, quotas),
      stopping: stopping.signal,
    };
    const json = getRequestListener((request) => answerRest(serving, request));
    http = await serveHttp((request, response) => {
      if (EVENTS_PATH.test(request.url ?? "")) void answerEvents(serving, request, response);
      else void json(request, response);
    });
  });
  afterAll(async () => {
    await http?.[Symbol.asyncDispose]();
    await app?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  return {
    get database() {
      return database;
    },
    get pool() {
      return pool;
    },
    get app() {
      return app;
    },
    get url() {
      return http.url;
    },
    get serving() {
      return serving;
    },
    /** Every connection breaks. */
    cut: () => http.cut(),
    /** The process is asked to end. */
    stop: () => stopping.abort(),
    /** A call of nobody. */
    call: (method: string, path: string, sent: Sent = {}) => callAt(`${http.url}${path}`, method, sent),
    /** Somebody new, signed in. */
    async signIn(): Promise<RestClient> {
      const actor = await createActor(database);
      const cookie = await cookieOf(database, actor.ownerId);
      return {
        actor,
        cookie,
        call: (method, path, { headers, ...sent } = {}) =>
          callAt(`${http.url}${path}`, method, { headers: { cookie, ...headers }, ...sent }),
      };
    },
  };
}
