import { TRPCError } from "@trpc/server";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "@/lib/errors/app-error";
import { ERROR_TABLE, type ErrorCode } from "@/lib/errors/table";
import { toTrpcError } from "@/server/trpc/errors";
import { complaintsOf } from "@/tests/support/api-document";
import { problemResponse } from "./problem";

const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];
const PROBLEM = { $ref: "#/components/schemas/Problem" };

describe("a problem", () => {
  it.each(CODES)("of %s says what its row says, and nothing of the cause", async (code) => {
    const cause = new Error("postgres://hunter2");
    const details = { sessionId: "s" };
    for (const error of [
      new AppError(code, { cause, details }),
      toTrpcError(new AppError(code, { cause, details })),
    ]) {
      const response = problemResponse(error);
      const row = ERROR_TABLE[code];
      expect(response.status).toBe(row.http);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(response.headers.has("retry-after")).toBe(row.http === 503);
      expect(response.headers.has("www-authenticate")).toBe(
        row.http === 401 || code === "token_out_of_scope",
      );
      const body: unknown = await response.json();
      expect(body).toMatchObject({ status: row.http, code, detail: row.message, retryable: row.retryable });
      expect(body).toMatchObject(code === "invalid_input" ? { fields: details } : details);
      expect(complaintsOf(PROBLEM, body)).toEqual([]);
      expect(JSON.stringify(body)).not.toContain("hunter2");
    }
  });

  it("of anything unexpected is internal, without its text", async () => {
    const body: unknown = await problemResponse(new TypeError("hunter2")).json();
    expect(body).toMatchObject({ status: 500, code: "internal" });
    expect(JSON.stringify(body)).not.toContain("hunter2");
  });

  it("names the fields of input that does not parse", async () => {
    const parsed = z.object({ a: z.object({ b: z.number() }) }).safeParse({ a: { b: "x" } });
    const body: unknown = await problemResponse(
      new TRPCError({ code: "BAD_REQUEST", cause: parsed.error }),
    ).json();
    expect(body).toMatchObject({ code: "invalid_input", fields: { "a.b": expect.any(String) } });
  });
});
