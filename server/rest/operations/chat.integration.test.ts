import { beforeEach, describe, expect, it } from "vitest";
import { API, complaintsAbout } from "@/tests/support/api-document";
import { eventually, hasEnded, watchUntil } from "@/tests/support/process";
import { type Answer, type RestClient, withRest } from "@/tests/support/rest";

type Said = { sessionId: string; turnId: string; content: string };

const rest = withRest();
let mona: RestClient;

beforeEach(async () => {
  mona = await rest.signIn();
  rest.pool.first.autoAnswer = true;
});

const documented = API.paths["/api/chat"]?.post;

async function chat(json: object, key?: string): Promise<Answer & { body: Said }> {
  const answer = await mona.call("POST", "/api/chat", {
    json,
    ...(key && { headers: { "idempotency-key": key } }),
  });
  if (!documented) throw new Error("the chat is not in the document");
  expect(complaintsAbout(documented, answer)).toEqual([]);
  return answer as Answer & { body: Said };
}

const promptsOf = async ({ sessionId }: Said) => {
  const { events } = await rest.app.sessions.events(mona.actor, { sessionId, afterSeq: 0, limit: 1_000 });
  return events.flatMap((event) => (event.type === "user.message" ? [event.data.content] : []));
};
const sessions = async () => (await rest.app.sessions.list(mona.actor, { archived: false, limit: 9 })).items;

describe("a chat", () => {
  it("makes a session, and goes on in it", async () => {
    const { status, body: first } = await chat({ message: "hello" });
    expect([status, first.content]).toEqual([200, "You said: hello"]);
    const { body: second } = await chat({ sessionId: first.sessionId, message: "again" });
    expect(second).toMatchObject({ sessionId: first.sessionId, content: "You said: again" });
    expect(await promptsOf(first)).toEqual(["hello", "again"]);
    expect(await sessions()).toHaveLength(1);
  });

  it("takes null for what is not there, and the model of a session that there is", async () => {
    const { body } = await chat({ sessionId: null, model: null, message: "hello" });
    await chat({ sessionId: body.sessionId, model: "beta", message: "again" });
    expect((await sessions())[0]).toMatchObject({ id: body.sessionId, model: "beta" });
    const { body: other } = await chat({ message: "hello", model: "alpha" });
    expect((await sessions()).find(({ id }) => id === other.sessionId)?.model).toBe("alpha");
  });

  it("that is asked for again with its key is the same one", async () => {
    const { body: first } = await chat({ message: "hello" }, "k");
    expect((await chat({ message: "hello" }, "k")).body).toEqual(first);
    expect(await promptsOf(first)).toEqual(["hello"]);
    expect(await sessions()).toHaveLength(1);
    const other = await chat({ message: "something else" }, "k");
    expect(other.body).toMatchObject({
      ...{ status: 409, code: "idempotency_conflict", sessionId: first.sessionId },
    });
  });

  it("answers with the last of several messages", async () => {
    rest.pool.first.autoAnswer = false;
    const asked = chat({ message: "hello" });
    const { emit, answer } = await rest.pool.first.prompted();
    emit({ kind: "message", messageId: "before", content: "Let me see.", reasoning: null });
    answer(["It is ", "blue."]);
    expect((await asked).body.content).toBe("It is blue.");
  });

  it("of which the turn fails says with which code, and where", async () => {
    rest.app.credentials.failure = new Error("no token");
    const { body } = await chat({ message: "hello" });
    rest.app.credentials.failure = null;
    expect(body).toMatchObject({ status: 502, code: "turn_failed", failure: "internal" });
    const turn = await mona.call("GET", `/api/v1/turns/${body.turnId}`);
    expect(turn.body).toMatchObject({ sessionId: body.sessionId, status: "failed", code: "internal" });
  });

  it("that somebody stops says so", async () => {
    rest.pool.first.autoAnswer = false;
    const asked = chat({ message: "long" });
    const { sessionId } = await rest.pool.first.prompted();
    await mona.call("POST", `/api/v1/sessions/${sessionId}/abort`);
    expect((await asked).body).toMatchObject({ status: 409, code: "turn_aborted", sessionId });
  });

  it("in a session that is still answering is refused", async () => {
    rest.pool.first.autoAnswer = false;
    const asked = chat({ message: "long" });
    const { sessionId, answer } = await rest.pool.first.prompted();
    const refused = await chat({ sessionId, message: "impatient" });
    expect(refused.body).toMatchObject({ status: 409, code: "turn_already_active", sessionId });
    answer(["done"]);
    expect((await asked).body.content).toBe("done");
  });

  it("goes on where its caller went away, and is there for who comes back", async () => {
    rest.pool.first.autoAnswer = false;
    const away = new AbortController();
    const headers = { "content-type": "application/json", "idempotency-key": "k", cookie: mona.cookie };
    const body = JSON.stringify({ message: "long" });
    const asked = fetch(`${rest.url}/api/chat`, { method: "POST", headers, body, signal: away.signal });
    const { answer } = await rest.pool.first.prompted();
    away.abort();
    await expect(asked).rejects.toThrow();
    // Nobody watches any more.
    await eventually(async () => (await rest.app.processes.count()).watches).toBe(0);
    const back = chat({ message: "long" }, "k");
    answer(["still ", "here"]);
    expect((await back).body.content).toBe("still here");
  });

  it("in a session that is deleted meanwhile ends", async () => {
    rest.pool.first.autoAnswer = false;
    const asked = chat({ message: "long" });
    const { sessionId } = await rest.pool.first.prompted();
    await rest.app.sessions.delete(mona.actor, sessionId);
    // Whichever it asks about first.
    const code = expect.stringMatching(/^(session|turn)_not_found$/);
    expect((await asked).body).toMatchObject({ status: 404, code });
  });

  it("without a message, or with one that is too long, is refused before there is a session", async () => {
    for (const message of [undefined, " ", "x".repeat(100_001)]) {
      expect((await chat({ message })).body).toMatchObject({
        code: "invalid_input",
        fields: { message: expect.any(String) },
      });
    }
    expect(await sessions()).toEqual([]);
  });

  it("tells its caller to come back when the process is asked to end; the turn goes on", async () => {
    rest.pool.first.autoAnswer = false;
    const asked = chat({ message: "long" });
    const { sessionId, answer } = await rest.pool.first.prompted();
    rest.stop();
    const { body, headers } = await asked;
    expect(body).toMatchObject({ status: 503, code: "shutting_down", sessionId });
    expect(headers.get("retry-after")).toMatch(/^\d+$/);
    answer(["late"]);
    const { process, actor } = { process: rest.app, actor: mona.actor };
    await watchUntil({ process, actor, sessionId }, hasEnded(body.turnId));
  });
});
