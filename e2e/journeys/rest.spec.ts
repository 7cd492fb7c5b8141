import { EventSource } from "eventsource";
import type { WireEvent } from "@/lib/events/wire";
import { expectNoViolations } from "../support/axe";
import { expect, test } from "../support/journey";
import { createToken, signInByHttp } from "../support/program";
import { stack } from "../support/stack";

type Json = Record<string, unknown>;
type Who = { authorization: string } | { cookie: string };

/** hubot, by the login of a browser. */
const byCookie = async (): Promise<Who> => ({
  cookie: (await signInByHttp(stack.appUrl(), "hubot")).header(),
});

/** hubot, by an API token. */
async function byToken(): Promise<Who> {
  const jar = await signInByHttp(stack.appUrl(), "hubot");
  return {
    authorization: `Bearer ${await createToken(stack.appUrl(), jar, ["sessions:read", "sessions:write"])}`,
  };
}

/** Calls of a program that knows nothing but HTTP and JSON. */
function createRest(who: Who) {
  return async (method: string, path: string, json?: Json) => {
    const response = await fetch(`${stack.appUrl()}${path}`, {
      method,
      headers: { ...who, ...(json && { "content-type": "application/json" }) },
      ...(json && { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text ? (JSON.parse(text) as Json) : {},
    };
  };
}

/** The events of a stream until a turn has ended. The connection is cut once on the way. */
function streamToEnd(who: Who, path: string): Promise<WireEvent[]> {
  return new Promise((resolve, reject) => {
    const events: WireEvent[] = [];
    let connection = new AbortController();
    let cuts = 0;
    const source = new EventSource(`${stack.appUrl()}${path}`, {
      fetch: (url, init) => {
        connection = new AbortController();
        const signal = init.signal ? AbortSignal.any([init.signal, connection.signal]) : connection.signal;
        return fetch(url, { ...init, signal, headers: { ...init.headers, ...who } });
      },
    });
    source.onerror = ({ code }) => {
      if (code !== undefined) reject(new Error(`the stream answered ${code}`));
    };
    source.onmessage = ({ data, lastEventId }) => {
      const event = JSON.parse(String(data)) as WireEvent;
      expect(lastEventId).toBe(String(event.seq));
      events.push(event);
      if (event.type === "assistant.delta" && cuts === 0) {
        cuts += 1;
        // For an AbortError it would take that it was closed itself.
        connection.abort(new TypeError("the connection is cut"));
      }
      if (event.type !== "turn.ended") return;
      source.close();
      resolve(events);
    };
  });
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1).join(" ");

test("a program makes a session, sends a prompt and follows the answer over plain HTTP", async ({
  unique,
}) => {
  const who = await byToken();
  const call = createRest(who);
  expect((await call("GET", "/api/v1/me")).body).toMatchObject({ login: "hubot", role: "user" });
  const models = (await call("GET", "/api/v1/models")).body.models as Json[];
  expect(models.map(({ id }) => id)).toContain("gpt-5-mini");

  const made = await call("POST", "/api/v1/sessions", { title: unique, model: "gpt-5-mini" });
  expect(made.status).toBe(201);
  const session = made.headers.get("location") ?? "";
  const sent = await call("POST", `${session}/turns`, { prompt: "count tokens=60 rate=40" });
  expect(sent.status).toBe(202);

  const events = await streamToEnd(who, `${session}/events`);
  const seqs = events.map(({ seq }) => seq);
  expect(seqs, "each once and in order, across the cut").toEqual(
    [...new Set(seqs)].toSorted((one, other) => one - other),
  );
  const messages = events.flatMap((event) =>
    event.type === "assistant.message" ? [event.data.content] : [],
  );
  expect(messages).toEqual([numbers(60)]);
  expect((await call("GET", sent.headers.get("location") ?? "")).body).toMatchObject({ status: "succeeded" });
  const page = (await call("GET", `${session}/events?after=1&limit=2`)).body;
  expect(page).toMatchObject({ events: [{ seq: 2 }, {}], lastSeq: seqs.at(-1) });

  expect((await call("GET", `/api/v1/sessions?query=${unique}`)).body).toMatchObject({
    items: [{ title: unique }],
  });
  expect((await call("DELETE", session)).status).toBe(204);
  expect(await call("GET", session)).toMatchObject({ status: 404, body: { code: "session_not_found" } });
});

test("POST /api/chat answers, and remembers in its session", async ({ unique }) => {
  const call = createRest(await byCookie());
  const word = unique.replaceAll("-", "");
  const first = await call("POST", "/api/chat", { message: `My word is ${word}.` });
  expect(first.status).toBe(200);
  const { sessionId } = first.body;
  const again = await call("POST", "/api/chat", { sessionId, message: `knows=${word}` });
  expect(again.body).toMatchObject({ sessionId, content: "yes" });
  const elsewhere = await call("POST", "/api/chat", { message: `knows=${word}` });
  expect(elsewhere.body).toMatchObject({ content: "no" });
  const failed = await call("POST", "/api/chat", { sessionId, message: "error 400" });
  expect(failed).toMatchObject({
    status: 502,
    body: { code: "turn_failed", failure: "model_rejected", sessionId },
  });
});

test("who is signed out, and what is not there, gets a problem and no page", async () => {
  for (const [path, status] of [
    ["/api/v1/me", 401],
    ["/api/v1/sessions/x/events", 401],
    ["/api/v1/nothing", 404],
    ["/api/v1", 404],
  ] as const) {
    const response = await fetch(`${stack.appUrl()}${path}`, { redirect: "manual" });
    expect(response.status, path).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
  }
  const stream = await fetch(`${stack.appUrl()}/api/v1/sessions/x/events`, {
    headers: { accept: "text/event-stream" },
  });
  expect(stream.status).toBe(401);
  const wrong = await fetch(`${stack.appUrl()}/api/chat`, { method: "PUT" });
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
});

test("the document is there for tools without a login", async () => {
  const response = await fetch(`${stack.appUrl()}/api/openapi.json`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ openapi: "3.1.0", paths: { "/api/chat": { post: {} } } });
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the page about it is readable, ${colorScheme}, also on a phone`, async ({ browsers }) => {
    const page = await browsers.open({ colorScheme, reducedMotion: "reduce" });
    await page.goto("/docs/api");
    await expect(page.getByRole("heading", { level: 1, name: "Flightdeck REST API" })).toBeVisible();
    const chat = page.getByRole("region", { name: "Send a message and get the answer" });
    await expect(chat.getByText("/api/chat", { exact: true })).toBeVisible();
    await chat.getByText("Refusals").click();
    await expect(chat.getByText("turn_failed").first()).toBeVisible();
    await expectNoViolations(page, "the page about REST");

    await page.setViewportSize({ width: 360, height: 740 });
    const [content, visible] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(content, "the page is not wider than the screen").toBe(visible);
    await page.getByText("Contents").click();
    await expect(page.getByRole("link", { name: "Send a prompt" })).toBeVisible();
    await expectNoViolations(page, "the page about REST on a phone");
    await page.goto("/docs/api#session_not_found");
    await expect(page.getByText("There is no such session.", { exact: false }).last()).toBeInViewport();
  });
}
