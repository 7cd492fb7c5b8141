import { randomUUID } from "node:crypto";
import { EventSource } from "eventsource";
import { beforeEach, describe, expect, it } from "vitest";
import type { WireEvent } from "@/lib/events/wire";
import { API, complaintsOf } from "@/tests/support/api-document";
import { storeToken } from "@/tests/support/callers";
import { eventually } from "@/tests/support/process";
import { type RestClient, withRest } from "@/tests/support/rest";

const EVENT = API.components.schemas.Event ?? {};
const OTHER = "https://tools.example.com";

const rest = withRest({ origins: [OTHER] });
let mona: RestClient;
let sessionId: string;

beforeEach(async () => {
  mona = await rest.signIn();
  ({ id: sessionId } = await rest.app.sessions.create(mona.actor, {}));
});

/** One more event of the session. */
const happen = (title: string) => rest.app.sessions.update(mona.actor, { sessionId, title });
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

type Piece = { event?: string; id?: string; data?: string };
const piecesIn = (text: string): Piece[] =>
  text
    .split("\n\n")
    .map((block) => Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s, 2))));

/** Reads a stream until `enough` pieces with data came, or it ended. */
async function read(
  enough: number,
  { lastEventId, query = "", signal }: { lastEventId?: string; query?: string; signal?: AbortSignal } = {},
) {
  const stop = new AbortController();
  const response = await fetch(`${rest.url}/api/v1/sessions/${sessionId}/events${query}`, {
    headers: {
      accept: "text/event-stream",
      cookie: mona.cookie,
      ...(lastEventId && { "last-event-id": lastEventId }),
    },
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const pieces = () =>
    piecesIn(text.slice(0, text.lastIndexOf("\n\n"))).filter(({ data }) => data !== undefined);
  while (pieces().length < enough) {
    const { value, done } = (await reader?.read()) ?? { done: true };
    if (done) break;
    text += value;
  }
  const found = pieces();
  stop.abort();
  return { response, text, pieces: found };
}

describe("a stream of events", () => {
  it("has each as the document says, with its number as id", async () => {
    await happen("one");
    const { response, pieces, text } = await read(1);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(text).toMatch(/^retry: \d+\n\n/);
    const [piece] = pieces;
    const event: unknown = JSON.parse(piece?.data ?? "");
    expect(piece?.id).toBe("1");
    expect(event).toMatchObject({ seq: 1, type: "session.updated", data: { title: "one" } });
    expect(complaintsOf({ ...EVENT }, event)).toEqual([]);
  });

  it("goes on after the number that was seen last, wherever that is told", async () => {
    for (const title of ["one", "two", "three"]) await happen(title);
    const idsOf = async (position: Parameters<typeof read>[1]) =>
      (await read(1, position)).pieces.map(({ id }) => id);
    expect((await idsOf({ lastEventId: "1" }))[0]).toBe("2");
    expect((await idsOf({ query: "?after=2" }))[0]).toBe("3");
    expect((await idsOf({ lastEventId: "2", query: "?after=0" }))[0]).toBe("3");
  });

  it("brings every event once and in order to a reader that comes back again and again", async () => {
    const count = 60;
    const happening = (async () => {
      for (const n of numbers(count)) await happen(`title ${n}`);
    })();
    const seen: string[] = [];
    while (seen.length < count) {
      const { pieces } = await read(Math.min(7, count - seen.length), { lastEventId: seen.at(-1) });
      seen.push(...pieces.map(({ id }) => id ?? ""));
    }
    await happening;
    expect(seen).toEqual(numbers(count).map(String));
  });

  it("is followed by a browser's EventSource through broken connections", async () => {
    const seen: number[] = [];
    const source = new EventSource(`${rest.url}/api/v1/sessions/${sessionId}/events`, {
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, cookie: mona.cookie } }),
    });
    source.onmessage = ({ data }) => void seen.push((JSON.parse(String(data)) as WireEvent).seq);
    for (const round of [1, 2, 3]) {
      await happen(`a ${round}`);
      await eventually(() => seen.length).toBeGreaterThanOrEqual(round * 2 - 1);
      rest.cut();
      await happen(`b ${round}`);
      await eventually(() => seen.length).toBe(round * 2);
    }
    source.close();
    expect(seen).toEqual(numbers(6));
  });

  it("says by its status why it cannot begin", async () => {
    const refusal = async (path: string, headers: Record<string, string> = {}) => {
      const {
        status,
        body,
        headers: said,
      } = await mona.call("GET", path, {
        headers: { accept: "text/event-stream", ...headers },
      });
      expect(said.get("content-type")).toBe("application/problem+json");
      return { status, code: (body as { code: string }).code };
    };
    const events = (id: string) => `/api/v1/sessions/${id}/events`;
    const missing = { status: 404, code: "session_not_found" };
    expect(await refusal(events(randomUUID()))).toEqual(missing);
    expect(await refusal(events("no-id"))).toEqual(missing);
    const hubots = await rest.app.sessions.create((await rest.signIn()).actor, {});
    expect(await refusal(events(hubots.id))).toEqual(missing);
    expect(await refusal(events(sessionId), { cookie: "" })).toEqual({ status: 401, code: "not_signed_in" });
    const invalid = { status: 400, code: "invalid_input" };
    expect(await refusal(events(sessionId), { "last-event-id": "x" })).toEqual(invalid);
    expect(await refusal(`${events(sessionId)}?after=-1`)).toEqual(invalid);
  });

  it("is only given to who asks for it", async () => {
    const events = `/api/v1/sessions/${sessionId}/events`;
    for (const accept of ["*/*", "application/json", "text/event-streams"]) {
      const { headers } = await mona.call("GET", events, { headers: { accept } });
      expect(headers.get("content-type")).toBe("application/json");
    }
  });

  it("may be read by a page of another website that the operator allows, without its cookies", async () => {
    const { status, headers } = await mona.call("GET", `/api/v1/sessions/${sessionId}/events`, {
      headers: { accept: "text/event-stream", origin: OTHER },
    });
    expect([status, headers.get("access-control-allow-origin")]).toEqual([401, OTHER]);
  });

  it("ends when its API token is revoked, and says so", async () => {
    await happen("one");
    const { id, token } = await storeToken(rest.database, mona.actor.ownerId, { scopes: ["sessions:read"] });
    const events = `/api/v1/sessions/${sessionId}/events`;
    const headers = { accept: "text/event-stream", authorization: `Bearer ${token}` };
    const response = await fetch(`${rest.url}${events}`, { headers });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const more = async () => {
      const { value, done } = (await reader?.read()) ?? { done: true };
      text += value ?? "";
      return !done;
    };
    while (!text.includes('"one"')) expect(await more()).toBe(true);
    await rest.serving.services.apiTokens.revoke(mona.actor, id);
    while (await more());
    expect(text).toMatch(/event: problem\ndata: .*"code":"token_revoked"/);
    expect(await rest.call("GET", events, { headers })).toMatchObject({
      status: 401,
      body: { code: "token_revoked" },
    });
  });

  it("ends when its session is deleted, and then says that there is none", async () => {
    const reading = read(99);
    await happen("soon gone");
    await rest.app.sessions.delete(mona.actor, sessionId);
    expect((await reading).pieces.length).toBeLessThanOrEqual(1);
    expect((await read(1)).response.status).toBe(404);
  });

  it("ends when the process is asked to end, so that its reader comes back elsewhere", async () => {
    await happen("one");
    const reading = read(99);
    await eventually(async () => (await rest.app.processes.count()).watches).toBeGreaterThan(0);
    rest.stop();
    expect((await reading).response.status).toBe(200);
  });
});
