import { TRPCClientError } from "@trpc/client";
import superjson from "superjson";
import { describe, expect, test } from "vitest";
import { FlightdeckError } from "./error.js";
import { createFlightdeck } from "./flightdeck.js";
import type { Fetch } from "./request.js";

type Asked = { address: string; init: RequestInit };

/** A client whose every request is answered by `answer`. */
function setUp(answer: () => Response | Promise<Response>, url = "http://flightdeck.test/") {
  const asked: Asked[] = [];
  const fetch: Fetch = async (address, init) => {
    asked.push({ address, init });
    init.signal?.throwIfAborted();
    return answer();
  };
  return { ...createFlightdeck({ url, token: "secret", fetch }), asked };
}

/** Where the first call went. */
function addressIn([first]: Asked[]): string {
  const { origin, pathname } = new URL(first?.address ?? "");
  return origin + pathname;
}

const answered = (data: unknown) => Response.json({ result: { data: superjson.serialize(data) } });
const refused = (http: number, app: Record<string, unknown>, headers = {}) => {
  const shape = { message: "the sentence", code: -32_000, data: { code: "X", httpStatus: http, app } };
  return Response.json({ error: superjson.serialize(shape) }, { status: http, headers });
};

async function errorOf(call: Promise<unknown>): Promise<FlightdeckError> {
  const error: unknown = await call.then(
    () => new Error("the call succeeded"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof FlightdeckError)) throw error;
  return error;
}

describe("the typed calls", () => {
  test("carry the token and bring values back as they were", async () => {
    const createdAt = new Date(5);
    const { api, asked } = setUp(() => answered({ items: [{ id: "s", createdAt }], nextCursor: null }));
    const { items } = await api.sessions.list.query({ query: "x" });
    expect(items).toEqual([{ id: "s", createdAt }]);
    const [request] = asked;
    expect(request?.address).toMatch(/^http:\/\/flightdeck\.test\/api\/trpc\/sessions\.list\?input=/);
    expect(new Headers(request?.init.headers).get("authorization")).toBe("Bearer secret");
  });

  test.each(["http://flightdeck.test", "http://flightdeck.test/", "http://flightdeck.test//"])(
    "find the server at %s",
    async (url) => {
      const { api, asked } = setUp(() => answered(null), url);
      await api.me.get.query();
      expect(addressIn(asked)).toBe("http://flightdeck.test/api/trpc/me.get");
    },
  );

  test("find a server under a path", async () => {
    const { api, asked } = setUp(() => answered(null), "http://flightdeck.test/deck/");
    await api.me.get.query();
    expect(addressIn(asked)).toBe("http://flightdeck.test/deck/api/trpc/me.get");
  });
});

describe("an error", () => {
  test("has the server's code and sentence, and is tRPC's error too", async () => {
    const app = { code: "invalid_input", http: 400, retryable: false, details: { prompt: "too long" } };
    const { api } = setUp(() => refused(400, app));
    const error = await errorOf(api.me.get.query());
    expect(error).toBeInstanceOf(TRPCClientError);
    expect(error).toMatchObject({ name: "FlightdeckError", message: "the sentence", ...app });
    expect(error.data?.app).toEqual(app);
  });

  test.each([
    ["7", 7_000],
    [new Date(Date.now() - 60_000).toUTCString(), 0],
    ["soon", null],
  ])("says how long to wait: %s", async (header, retryAfterMs) => {
    const app = { code: "queue_full", http: 503, retryable: true };
    const { api } = setUp(() => refused(503, app, { "retry-after": header }));
    expect(await errorOf(api.me.get.query())).toMatchObject({
      code: "queue_full",
      retryable: true,
      retryAfterMs,
    });
  });

  test.each([
    [404, false],
    [429, true],
    [502, true],
  ])("of somebody else's answer says so: %i", async (status, retryable) => {
    const { api } = setUp(() => new Response("<html>", { status, headers: { "content-type": "text/html" } }));
    const error = await errorOf(api.me.get.query());
    expect(error).toMatchObject({ code: "unexpected_answer", http: status, retryable });
  });

  test.each([
    ["that is not ours", () => Response.json({ hello: "world" }), "unexpected_answer"],
    [
      "that is no JSON",
      () => new Response("{", { headers: { "content-type": "application/json" } }),
      "unexpected_answer",
    ],
    ["that does not come", () => Promise.reject(new TypeError("fetch failed")), "unreachable"],
    ["that breaks off", brokenAnswer, "unreachable"],
  ])("of an answer %s has its own code", async (_, answer, code) => {
    const { api } = setUp(answer);
    expect((await errorOf(api.me.get.query())).code).toBe(code);
  });

  test("of the caller's own signal is no failure of the server", async () => {
    const { api } = setUp(() => answered(null));
    const error = await errorOf(api.me.get.query(undefined, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: "aborted", retryable: false });
  });
});

function brokenAnswer(): Response {
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"res'));
    },
    pull(controller) {
      controller.error(new TypeError("terminated"));
    },
  });
  return new Response(stream, { headers: { "content-type": "application/json" } });
}
