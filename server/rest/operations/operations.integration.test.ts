import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { API, complaintsAbout } from "@/tests/support/api-document";
import { storeToken } from "@/tests/support/callers";
import { jobInput } from "@/tests/support/jobs";
import { hasEnded, watchUntil } from "@/tests/support/process";
import { type RestClient, withRest } from "@/tests/support/rest";
import { OPERATIONS } from "./all";

type Things = { sessionId: string; turnId: string; jobId: string; id: string };

/** The body of each operation's call, and what its answer must say; an operation without a line here fails below. */
const CASES: Record<string, { json?(things: Things): object; says?(things: Things): object }> = {
  chat: {
    json: ({ sessionId }) => ({ sessionId, message: "hello" }),
    says: ({ sessionId }) => ({ sessionId, content: "You said: hello" }),
  },
  "sessions.list": { says: ({ sessionId }) => ({ items: [{ id: sessionId }], nextCursor: null }) },
  "sessions.create": { json: () => ({ title: "made" }), says: () => ({ title: "made", archived: false }) },
  "sessions.get": { says: ({ sessionId }) => ({ id: sessionId, title: "mine" }) },
  "sessions.update": {
    json: () => ({ title: "new" }),
    says: ({ sessionId }) => ({ id: sessionId, title: "new" }),
  },
  "sessions.delete": {},
  "sessions.events": {
    says: () => ({ events: [{ seq: 1, type: "user.message" }, { seq: 2 }, { seq: 3, type: "turn.ended" }] }),
  },
  "turns.send": { json: () => ({ prompt: "hello" }), says: () => ({ turnId: expect.any(String) }) },
  "turns.abort": { says: () => ({ aborted: false }) },
  "turns.get": { says: ({ turnId }) => ({ turnId, prompt: "first", status: "failed" }) },
  "turns.retry": { says: () => ({ status: expect.stringMatching(/queued|running/) }) },
  "jobs.list": { says: ({ jobId }) => ({ items: [{ id: jobId, status: "cancelled" }], nextCursor: null }) },
  "jobs.create": {
    json: ({ sessionId }) => ({
      prompt: "later",
      sessionId,
      notBefore: "2036-01-01T09:00:00+01:00",
      metadata: { a: [1] },
    }),
    says: ({ sessionId }) => ({ sessionId, runAt: "2036-01-01T08:00:00.000Z", metadata: { a: [1] } }),
  },
  "jobs.get": { says: ({ jobId }) => ({ id: jobId, status: "cancelled", result: null }) },
  "jobs.cancel": { says: ({ jobId }) => ({ id: jobId, status: "cancelled" }) },
  "jobs.retry": { says: ({ jobId }) => ({ id: jobId, status: "queued" }) },
  "models.list": { says: () => ({ models: [{ id: "alpha" }, { id: "beta" }] }) },
  "tokens.list": { says: ({ id }) => ({ items: [{ id, scopes: ["sessions:read"] }] }) },
  "tokens.create": {
    json: () => ({ name: "nightly", scopes: ["sessions:write", "sessions:read"], days: null }),
    says: () => ({ token: expect.stringMatching(/^fd_/), scopes: ["sessions:read", "sessions:write"] }),
  },
  "tokens.revoke": {},
  "me.get": { says: () => ({ role: "user", github: "active" }) },
};

const rest = withRest();
let hubot: RestClient;

beforeAll(async () => {
  hubot = await rest.signIn();
});

/** Somebody with an API token, a cancelled job, and one session, in which a turn has failed. */
async function somebody(): Promise<{ mona: RestClient; things: Things }> {
  const mona = await rest.signIn();
  const { app } = rest;
  const { id: sessionId } = await app.sessions.create(mona.actor, { title: "mine" });
  app.credentials.failure = new Error("no token");
  const first = { sessionId, prompt: "first", idempotencyKey: "first" };
  const { turnId } = await app.turns.send(mona.actor, first);
  await watchUntil({ process: app, actor: mona.actor, sessionId }, hasEnded(turnId));
  app.credentials.failure = null;
  const { id } = await storeToken(rest.database, mona.actor.ownerId, { scopes: ["sessions:read"] });
  const { id: jobId } = await app.jobs.create(mona.actor, jobInput());
  await app.jobs.cancel(mona.actor, jobId);
  return { mona, things: { sessionId, turnId, jobId, id } };
}

const addressed = (path: string, things: Things) =>
  path.replace(/\{(sessionId|turnId|jobId|id)\}/g, (_, name: keyof Things) => things[name]);

/** With what code is answered where there is no such thing. */
const NOT_FOUND: Things = {
  ...{ sessionId: "session_not_found", turnId: "turn_not_found", jobId: "job_not_found" },
  id: "token_not_found",
};

const documented = ({ path, method }: { path: string; method: string }) => {
  const found = API.paths[path]?.[method.toLowerCase()];
  if (!found) throw new Error(`${method} ${path} is not in the document`);
  return found;
};

it("every operation has its case here", () => {
  expect(OPERATIONS.map(({ id }) => id).toSorted()).toEqual(Object.keys(CASES).toSorted());
});

const EACH = OPERATIONS.map((operation) => ({ ...operation }));

describe.each(EACH)("$method $path", (operation) => {
  const { id, method, path, status, location } = operation;
  const { json, says } = CASES[id] ?? {};

  it("answers its owner as the document says", async () => {
    const { mona, things } = await somebody();
    const answer = await mona.call(method, addressed(path, things), { json: json?.(things) });
    expect(answer.status).toBe(status);
    expect(complaintsAbout(documented(operation), answer)).toEqual([]);
    if (says) expect(answer.body).toMatchObject(says(things));
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const place = answer.headers.get("location");
    expect(place !== null).toBe(location !== undefined);
    if (place) expect((await mona.call("GET", place)).status).toBe(200);
  });

  it("answers nobody with 401 before anything is read", async () => {
    const { things } = await somebody();
    const sent = { text: "{", headers: { "content-type": "text/plain" } };
    const answer = await rest.call(method, addressed(path, things), method === "GET" ? {} : sent);
    expect(answer).toMatchObject({ status: 401, body: { code: "not_signed_in", status: 401 } });
    expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
    expect(complaintsAbout(documented(operation), answer)).toEqual([]);
  });
});

const OWNED = EACH.filter(({ path, id }) => path.includes("{") || id === "chat");

it.each(OWNED)(
  "$method $path answers somebody else exactly as where nothing is",
  async ({ id, method, path }) => {
    const { mona, things } = await somebody();
    const { json } = CASES[id] ?? {};
    const all = (value: () => string): Things => ({
      ...{ sessionId: value(), turnId: value(), jobId: value(), id: value() },
    });
    const before = await mona.call("GET", `/api/v1/sessions/${things.sessionId}/events`);
    const answers = await Promise.all(
      [things, all(randomUUID), all(() => "no%2Fid")].map((each) =>
        hubot.call(method, addressed(path, each), { json: json?.(each) }),
      ),
    );
    const [first] = answers;
    const [, name = "sessionId"] = /\{(\w+)\}/.exec(path) ?? [];
    expect(first?.body).toMatchObject({ status: 404, code: NOT_FOUND[name as keyof Things] });
    for (const { status, body } of answers)
      expect({ status, body }).toEqual({ status: 404, body: first?.body });
    expect((await mona.call("GET", `/api/v1/sessions/${things.sessionId}/events`)).body).toEqual(before.body);
  },
);

describe("pages of sessions", () => {
  it("go on by the cursor, and come to every session once", async () => {
    const mona = await rest.signIn();
    for (const n of [1, 2, 3]) await mona.call("POST", "/api/v1/sessions", { json: { title: `s${n}` } });
    const titles: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const { body } = await mona.call(
        "GET",
        `/api/v1/sessions?limit=2&cursor=${encodeURIComponent(cursor)}`,
      );
      const page = body as { items: { title: string }[]; nextCursor: string | null };
      titles.push(...page.items.map(({ title }) => title));
      cursor = page.nextCursor;
    }
    expect(titles).toEqual(["s3", "s2", "s1"]);
  });

  it("can be of archived ones, and of those with a word", async () => {
    const mona = await rest.signIn();
    const made = await mona.call("POST", "/api/v1/sessions", { json: { title: "Needle" } });
    const place = made.headers.get("location") ?? "";
    const found = async (query: string) => (await mona.call("GET", `/api/v1/sessions?${query}`)).body;
    expect(await found("query=NEED")).toMatchObject({ items: [{ title: "Needle" }] });
    await mona.call("PATCH", place, { json: { archived: true } });
    expect(await found("")).toMatchObject({ items: [] });
    expect(await found("archived=true&limit=1")).toMatchObject({ items: [{ title: "Needle" }] });
  });
});

describe("pages of events", () => {
  it("go on after a number", async () => {
    const { mona, things } = await somebody();
    const events = `/api/v1/sessions/${things.sessionId}/events`;
    const all = (await mona.call("GET", events)).body as { events: { seq: number }[]; lastSeq: number };
    const page = (await mona.call("GET", `${events}?after=1&limit=1`)).body;
    expect(all.events.length).toBeGreaterThan(2);
    expect(page).toEqual({ events: [all.events[1]], lastSeq: all.lastSeq });
  });
});

describe("an idempotency key", () => {
  it("gives one turn however often, and refuses another prompt", async () => {
    const { mona, things } = await somebody();
    const turns = `/api/v1/sessions/${things.sessionId}/turns`;
    const send = (prompt: string) =>
      mona.call("POST", turns, { json: { prompt }, headers: { "idempotency-key": "k" } });
    const [one, two] = [await send("x"), await send("x")];
    expect((two.body as { turnId: string }).turnId).toBe((one.body as { turnId: string }).turnId);
    expect((await send("y")).body).toMatchObject({ status: 409, code: "idempotency_conflict" });
  });

  it("gives one session, also to calls at the same time", async () => {
    const mona = await rest.signIn();
    const create = () =>
      mona.call("POST", "/api/v1/sessions", { json: {}, headers: { "idempotency-key": "k" } });
    const places = (await Promise.all([create(), create(), create()])).map(({ headers }) =>
      headers.get("location"),
    );
    expect(new Set(places).size).toBe(1);
    expect((await mona.call("GET", "/api/v1/sessions")).body).toMatchObject({ items: [{}] });
  });

  it("is made up where there is none, so that every call is a prompt of its own", async () => {
    const { mona, things } = await somebody();
    const turns = `/api/v1/sessions/${things.sessionId}/turns`;
    const ids = new Set<string>();
    for (let n = 0; n < 2; n += 1) {
      const { turnId } = (await mona.call("POST", turns, { json: { prompt: "x" } })).body as Things;
      ids.add(turnId);
      await watchUntil({ process: rest.app, actor: mona.actor, ...things }, hasEnded(turnId));
    }
    expect(ids.size).toBe(2);
  });
});

describe("jobs", () => {
  it("are listed by one state, and by several", async () => {
    const { mona, things } = await somebody();
    const { body } = await mona.call("POST", "/api/v1/jobs", { json: { prompt: "waits" } });
    const { id } = body as { id: string };
    const listed = async (query: string) => {
      const { items } = (await mona.call("GET", `/api/v1/jobs?${query}`)).body as { items: { id: string }[] };
      return items.map((item) => item.id);
    };
    expect(await listed("status=queued")).toEqual([id]);
    expect(await listed("status=cancelled")).toEqual([things.jobId]);
    expect(await listed("status=cancelled&status=queued")).toEqual([id, things.jobId]);
    expect((await mona.call("GET", "/api/v1/jobs?status=asleep")).body).toMatchObject({
      code: "invalid_input",
    });
  });

  it("are one under one key", async () => {
    const mona = await rest.signIn();
    const create = (prompt: string) =>
      mona.call("POST", "/api/v1/jobs", { json: { prompt }, headers: { "idempotency-key": "k" } });
    const [one, two] = [await create("x"), await create("x")];
    expect(two.headers.get("location")).toBe(one.headers.get("location"));
    expect((await create("y")).body).toMatchObject({ status: 409, code: "idempotency_conflict" });
  });

  it("are refused with a time that is none", async () => {
    const mona = await rest.signIn();
    for (const deadline of ["soon", "2036-13-01T00:00:00Z", "2036-01-01", 5, "9999-06-01T00:00:00Z"]) {
      const { body } = await mona.call("POST", "/api/v1/jobs", { json: { prompt: "x", deadline } });
      expect(body).toMatchObject({ code: "invalid_input", fields: { deadline: expect.any(String) } });
    }
  });
});
