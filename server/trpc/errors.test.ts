import { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import pino from "pino";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "@/lib/errors/app-error";
import { ERROR_TABLE, type ErrorCode } from "@/lib/errors/table";
import type { Actor, OwnerId } from "@/server/platform/scope";
import type { Context } from "./context";
import { appErrorOf, headersOf, toTrpcError } from "./errors";
import { memberProcedure, router } from "./init";

const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];
const actor: Actor = {
  kind: "user",
  ownerId: "o" as OwnerId,
  login: "mona",
  role: "user",
  address: null,
  token: null,
};

const fails = router({
  any: memberProcedure("any")
    .input(z.object({ code: z.string() }))
    .query(({ input }) => {
      throw new AppError(input.code as ErrorCode, { cause: new Error("postgres://hunter2") });
    }),
  crash: memberProcedure("any").query(() => {
    throw new TypeError("hunter2");
  }),
  bounds: memberProcedure("any")
    .input(z.object({ a: z.object({ b: z.string().min(3, "Too short.") }), n: z.number() }))
    .query(() => "fine"),
  badOutput: memberProcedure("any")
    .output(z.object({ a: z.string() }))
    .query(() => ({ a: 1 }) as never),
  change: memberProcedure("any")
    .input(z.object({}))
    .mutation(() => "changed"),
  watch: memberProcedure("any")
    .input(z.object({ code: z.string() }))
    .subscription(async function* ({ input }) {
      yield 1;
      throw new AppError(input.code as ErrorCode);
    }),
});

type Wire = {
  code: number;
  message: string;
  data: { code: string; app: { code: string; details?: object } };
};

async function call(path: string, input?: unknown, init?: RequestInit & { signedOut?: true }) {
  const context = { actor: init?.signedOut ? null : actor, log: pino({ level: "silent" }) } as Context;
  const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
  const response = await fetchRequestHandler({
    endpoint: "/t",
    req: new Request(`http://localhost/t/${path}${query}`, init),
    router: fails,
    createContext: () => context,
  });
  const text = await response.text();
  return { status: response.status, text };
}

const errorIn = (text: string): Wire => JSON.parse(text).error.json;

describe("the error table on the tRPC wire", () => {
  it.each(CODES)("sends %s as its row says, and nothing of the cause", async (code) => {
    const { status, text } = await call("any", { code });
    const row = ERROR_TABLE[code];
    expect(status).toBe(row.http);
    expect(errorIn(text)).toMatchObject({
      message: row.message,
      data: { code: row.trpc, httpStatus: row.http, app: { code, retryable: row.retryable, http: row.http } },
    });
    expect(text).not.toMatch(/hunter2|stack|at .*\.ts/);
  });

  it.each(CODES)("gives %s the same HTTP status by its tRPC code as by its row", (code) => {
    expect(getHTTPStatusCodeFromError(toTrpcError(new AppError(code)))).toBe(ERROR_TABLE[code].http);
  });

  it("sends anything unexpected as internal, without its text", async () => {
    const { status, text } = await call("crash");
    expect([status, errorIn(text).data.app.code]).toEqual([500, "internal"]);
    expect(text).not.toContain("hunter2");
  });

  it("names every field that is not valid", async () => {
    const { status, text } = await call("bounds", { a: { b: "x" }, n: "no" });
    expect(status).toBe(400);
    expect(errorIn(text).data.app).toMatchObject({
      code: "invalid_input",
      details: { "a.b": "Too short.", n: expect.any(String) },
    });
    const without = errorIn((await call("bounds")).text).data.app;
    expect(without).toMatchObject({ code: "invalid_input", details: { input: expect.any(String) } });
  });

  it("does not blame the caller where an answer is malformed", async () => {
    const { status, text } = await call("badOutput");
    expect([status, errorIn(text).data.app.code]).toEqual([500, "internal"]);
  });

  it.each([
    ["a procedure that does not exist", "nothing", {}],
    ["the wrong method", "change", {}],
    [
      "a body that is not JSON",
      "change",
      { method: "POST", body: "{", headers: { "content-type": "application/json" } },
    ],
  ])("answers %s as the caller's mistake", async (_, path, init) => {
    const { status, text } = await call(path, undefined, init);
    expect([status, errorIn(text).data.app.code]).toEqual([400, "invalid_input"]);
  });

  it("answers not_signed_in before it looks at the input", async () => {
    const { status, text } = await call("bounds", {}, { signedOut: true });
    expect([status, errorIn(text).data.app.code]).toEqual([401, "not_signed_in"]);
  });

  it.each(["session_not_found", "database_unavailable"] as const)(
    "sends %s inside a running stream with its own code, so a client knows whether to come back",
    async (code) => {
      const { text } = await call("watch", { code }, { headers: { accept: "text/event-stream" } });
      const data = text.split("\n").find((line) => line.startsWith("data: {") && line.includes("app"));
      const error: Wire = JSON.parse(data?.slice(6) ?? "{}").json;
      expect(error.data).toMatchObject({ code: ERROR_TABLE[code].trpc, app: { code } });
      expect(error.code).toBe(code === "session_not_found" ? -32004 : -32603);
    },
  );
});

describe("headers", () => {
  const RETRY_AFTER: Record<number, string> = { 429: "42", 503: "5" };

  it.each(CODES)("of %s tell when to come back and how to be known exactly where that helps", (code) => {
    const details = { retryAfterSeconds: "42" };
    const headers = new Headers(headersOf([toTrpcError(new AppError(code, { details }))]));
    const { http } = ERROR_TABLE[code];
    expect(headers.get("retry-after")).toBe(RETRY_AFTER[http] ?? null);
    expect(headers.get("www-authenticate")).toBe(http === 401 ? "Bearer" : null);
  });
});

describe("mapping", () => {
  it("is the same however often it is done", () => {
    for (const code of CODES) {
      const once = toTrpcError(new AppError(code, { details: { field: "why" } }));
      expect(appErrorOf(toTrpcError(once))).toEqual(appErrorOf(once));
      expect(appErrorOf(once)).toMatchObject({ code, details: { field: "why" } });
    }
  });

  it("keeps the cause for the log", () => {
    const cause = new Error("x");
    expect(toTrpcError(cause).cause).toBe(cause);
    expect(toTrpcError(new TRPCError({ code: "BAD_REQUEST", cause })).cause).toBe(cause);
  });
});
