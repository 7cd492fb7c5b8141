import { randomUUID } from "node:crypto";
import { TRPCClientError } from "@trpc/client";
import type { WireEvent } from "@/lib/events/wire";
import { expect, test } from "../support/journey";
import { CookieJar, createProgram, signInByHttp } from "../support/program";
import { stack } from "../support/stack";

type Program = ReturnType<typeof createProgram>;

/** Watches until `isLast`, then closes the stream. */
function watchUntil(
  program: Program,
  input: { sessionId: string; lastEventId?: string },
  isLast: (event: WireEvent) => boolean,
): Promise<WireEvent[]> {
  return new Promise((resolve, reject) => {
    const events: WireEvent[] = [];
    const stream = program.sessions.watch.subscribe(input, {
      onData({ id, data }) {
        expect(id).toBe(String(data.seq));
        events.push(data);
        if (!isLast(data)) return;
        stream.unsubscribe();
        resolve(events);
      },
      onError: reject,
    });
  });
}

const isTurnEnd = (event: WireEvent) => event.type === "turn.ended";
const deltasOf = (events: WireEvent[]) =>
  events.flatMap((event) => (event.type === "assistant.delta" ? [event.data.text] : [])).join("");
const messagesOf = (events: WireEvent[]) =>
  events.flatMap((event) => (event.type === "assistant.message" ? [event.data] : []));
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1).join(" ");

async function errorOf(call: Promise<unknown>): Promise<{ http: number; code: string }> {
  const error: unknown = await call.then(
    () => new Error("the call succeeded"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof TRPCClientError)) throw error;
  const { app } = error.data as { app: { code: string; http: number } };
  return { http: app.http, code: app.code };
}

test("a program signs in over HTTP, sends prompts and follows the answer across a reconnect", async ({
  unique,
}) => {
  const program = createProgram(stack.appUrl(), await signInByHttp(stack.appUrl(), "hubot"));
  expect(await program.me.get.query()).toMatchObject({ login: "hubot", role: "user" });
  const { models } = await program.models.list.query();
  expect(models.map((model) => model.id)).toContain("gpt-5-mini");

  const { id: sessionId } = await program.sessions.create.mutate({ model: "gpt-5-mini", title: unique });
  const prompt = "count tokens=60 rate=40";
  const idempotencyKey = randomUUID();
  const sent = await program.turns.send.mutate({ sessionId, prompt, idempotencyKey });
  expect(sent.status).toBe("queued");
  expect(await program.turns.send.mutate({ sessionId, prompt, idempotencyKey })).toMatchObject({
    turnId: sent.turnId,
    seq: sent.seq,
  });

  const first = await watchUntil(program, { sessionId }, (event) => event.type === "assistant.delta");
  const lastEventId = String(first.at(-1)?.seq);
  const second = await watchUntil(program, { sessionId, lastEventId }, isTurnEnd);
  const seqs = [...first, ...second].map((event) => event.seq);
  expect(new Set(seqs).size, "no event came twice").toBe(seqs.length);
  expect(seqs, "events came in order").toEqual([...seqs].sort((a, b) => a - b));
  // The whole message takes the place of its pieces, the last of which may then never be sent alone.
  expect(
    numbers(60).startsWith(deltasOf([...first, ...second])),
    "the pieces are the beginning of the answer",
  ).toBe(true);
  expect(messagesOf(second)).toMatchObject([{ content: numbers(60), partial: false }]);

  expect(await program.turns.get.query({ turnId: sent.turnId })).toMatchObject({
    status: "succeeded",
    prompt,
  });
  const { events } = await program.sessions.events.query({ sessionId });
  expect(messagesOf(events)).toMatchObject([{ content: numbers(60), partial: false }]);
  const { items } = await program.sessions.list.query({ query: unique.toUpperCase() });
  expect(items.map((item) => item.id)).toEqual([sessionId]);

  await program.sessions.update.mutate({ sessionId, archived: true });
  expect((await program.sessions.list.query({ query: unique })).items).toEqual([]);
  await program.sessions.delete.mutate({ sessionId });
  expect(await errorOf(program.sessions.get.query({ sessionId }))).toEqual({
    http: 404,
    code: "session_not_found",
  });
});

test("a program stops an answer and retries it", async () => {
  const program = createProgram(stack.appUrl(), await signInByHttp(stack.appUrl(), "hubot"));
  const { id: sessionId } = await program.sessions.create.mutate({});
  const sent = await program.turns.send.mutate({
    sessionId,
    prompt: "count tokens=50 rate=25",
    idempotencyKey: randomUUID(),
  });
  await watchUntil(program, { sessionId }, (event) => event.type === "assistant.delta");
  expect(await program.turns.abort.mutate({ sessionId })).toEqual({ aborted: true });
  const ended = await watchUntil(program, { sessionId }, isTurnEnd);
  expect(ended.at(-1)?.data).toMatchObject({ outcome: "aborted" });
  expect(await program.turns.abort.mutate({ sessionId })).toEqual({ aborted: false });

  const again = await program.turns.retry.mutate({ turnId: sent.turnId });
  const retried = await watchUntil(program, { sessionId, lastEventId: String(ended.at(-1)?.seq) }, isTurnEnd);
  expect(retried.at(-1)).toMatchObject({ turnId: again.turnId, data: { outcome: "succeeded" } });
  expect(messagesOf(retried)).toMatchObject([{ content: numbers(50), partial: false }]);
});

test("wrong calls of a program get their own answer each", async () => {
  const jar = await signInByHttp(stack.appUrl(), "hubot");
  const program = createProgram(stack.appUrl(), jar);
  const stranger = createProgram(stack.appUrl(), new CookieJar());
  const { id: sessionId } = await program.sessions.create.mutate({});
  const send = (prompt: string, idempotencyKey: string = randomUUID()) =>
    program.turns.send.mutate({ sessionId, prompt, idempotencyKey });

  const signedOut = { http: 401, code: "not_signed_in" };
  expect(await errorOf(stranger.me.get.query())).toEqual(signedOut);
  expect(await errorOf(stranger.turns.send.mutate({ sessionId, prompt: "x", idempotencyKey: "k" }))).toEqual(
    signedOut,
  );
  const invalid = { http: 400, code: "invalid_input" };
  expect(await errorOf(send(""))).toEqual(invalid);
  expect(await errorOf(send(" \n\t "))).toEqual(invalid);
  expect(await errorOf(send("x".repeat(100_001)))).toEqual(invalid);
  const missing = { http: 404, code: "session_not_found" };
  expect(await errorOf(program.sessions.get.query({ sessionId: randomUUID() }))).toEqual(missing);
  expect(await errorOf(program.sessions.get.query({ sessionId: "../etc/passwd" }))).toEqual(missing);

  await send("count tokens=100 rate=20", "key-1");
  expect(await errorOf(send("another prompt", "key-1"))).toEqual({ http: 409, code: "idempotency_conflict" });
  expect(await errorOf(send("another prompt", "key-2"))).toEqual({ http: 409, code: "turn_already_active" });
  await program.turns.abort.mutate({ sessionId });
});

test("the icon is also where browsers look for it by themselves", async () => {
  const icon = await fetch(`${stack.appUrl()}/favicon.ico`);
  expect([icon.status, icon.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
});

test("health and readiness answer without a login", async () => {
  for (const path of ["/api/health", "/api/ready"]) {
    expect((await fetch(`${stack.appUrl()}${path}`)).status, path).toBe(200);
  }
});

test("who administrates reads in the audit log who signed in and from where, whatever the client claims", async () => {
  const signIn = async (login: string) =>
    createProgram(stack.appUrl(), await signInByHttp(stack.appUrl(), login));
  const [boss, hubot] = [await signIn("mona"), await signIn("hubot")];
  expect(await errorOf(hubot.admin.audit.list.query())).toEqual({ http: 403, code: "not_permitted" });
  const { items } = await boss.admin.audit.list.query({ person: "hubot" });
  const address = expect.stringMatching(/^(127\.0\.0\.1|::1)$/);
  expect(items.slice(0, 2)).toMatchObject([
    { action: "access_refused", address, target: { id: "admin.audit.list" } },
    { action: "sign_in", address, actor: { name: "hubot" } },
  ]);
  const spoofed = await fetch(`${stack.appUrl()}/api/trpc/admin.people.list`, {
    headers: {
      cookie: (await signInByHttp(stack.appUrl(), "hubot")).header(),
      "x-flightdeck-peer": "192.0.2.66",
      "x-forwarded-for": "192.0.2.66",
    },
  });
  expect(spoofed.status).toBe(403);
  expect((await boss.admin.audit.list.query({ person: "hubot" })).items[0]).toMatchObject({
    ...{ action: "access_refused", address, target: { id: "admin.people.list" } },
  });
});
