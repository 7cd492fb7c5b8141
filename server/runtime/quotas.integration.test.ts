import { afterAll, beforeAll, expect, it } from "vitest";
import { API, complaintsAbout } from "@/tests/support/api-document";
import { storeToken } from "@/tests/support/callers";
import { type RestClient, withRest } from "@/tests/support/rest";
import { answerTrpc } from "./http";

const STREAM = { accept: "text/event-stream" };
const STREAMS = 2;
const REQUESTS = 12;

const rest = withRest({
  quotas: {
    requests: { perPerson: REQUESTS, perToken: REQUESTS },
    streams: { perPerson: STREAMS, perToken: STREAMS },
  },
});
const leaving = new AbortController();

let mona: RestClient;
beforeAll(async () => {
  mona = await rest.signIn();
});
afterAll(() => leaving.abort());

it("a stream too many is refused over REST by its status, with when to come back", async () => {
  const { id } = await rest.app.sessions.create(mona.actor, {});
  const path = `/api/v1/sessions/${id}/events`;
  for (let n = 0; n < STREAMS; n += 1) {
    const headers = { ...STREAM, cookie: mona.cookie };
    expect((await fetch(`${rest.url}${path}`, { headers, signal: leaving.signal })).status).toBe(200);
  }
  const refused = await mona.call("GET", path, { headers: STREAM });
  expect(refused).toMatchObject({
    ...{ status: 429, body: { code: "too_many_streams", of: "person", limit: String(STREAMS) } },
  });
  expect(refused.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
});

it("requests of a person count together, whichever way they come", async () => {
  const hubot = await rest.signIn();
  const { token } = await storeToken(rest.database, hubot.actor.ownerId, { scopes: ["sessions:read"] });
  const bearer = { authorization: `Bearer ${token}` };
  const overTrpc = async (headers: Record<string, string>) => {
    const response = await answerTrpc(
      rest.serving,
      new Request("http://localhost:3000/api/trpc/me.get", { headers }),
    );
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  for (let n = 0; n < REQUESTS / 4; n += 1) {
    expect((await hubot.call("GET", "/api/v1/me")).status).toBe(200);
    expect((await rest.call("GET", "/api/v1/sessions", { headers: bearer })).status).toBe(200);
    expect((await overTrpc({ cookie: hubot.cookie })).status).toBe(200);
    expect((await overTrpc(bearer)).status).toBe(200);
  }
  const overRest = await hubot.call("GET", "/api/v1/me");
  expect(overRest).toMatchObject({ status: 429, body: { code: "too_many_requests", of: "person" } });
  const documented = API.paths["/api/v1/me"]?.get;
  expect(documented && complaintsAbout(documented, overRest)).toEqual([]);
  const refused = await overTrpc(bearer);
  expect([refused.status, refused.text]).toEqual([
    429,
    expect.stringContaining('"code":"too_many_requests"'),
  ]);
  for (const { headers } of [overRest, refused]) {
    const seconds = Number(headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
  }
  expect((await (await rest.signIn()).call("GET", "/api/v1/me")).status).toBe(200);
});
