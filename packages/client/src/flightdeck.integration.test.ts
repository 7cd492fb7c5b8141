import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { seededRandom } from "@/bench/random";
import type { WireEvent } from "@/lib/events/wire";
import type { Actor } from "@/server/platform/scope";
import { type FaultProxy, type Link, startFaultProxy } from "@/tests/chaos/fault-proxy";
import { hashOf } from "@/tests/chaos/history";
import { createFakePool, type FakePool } from "@/tests/fakes/copilot-pool";
import type { Prompted } from "@/tests/fakes/copilot-types";
import { storeToken } from "@/tests/support/callers";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { serveTrpc, type TestHttp } from "@/tests/support/http";
import {
  createActor,
  eventually,
  hasEnded,
  startTestProcess,
  type TestProcess,
  watchUntil,
} from "@/tests/support/process";
import { createFlightdeck, type Flightdeck } from "./flightdeck.js";
import type { Fetch } from "./request.js";

/** A cut comes within this many bytes: what opens a stream is about 400 long, an event 200. */
const CUT_BYTES = 1_500;
/** So many connections are cut at the least while an answer comes. */
const CUTS_MIN = 8;
const APART_MS = 8;
const WORDS_MIN = 200;

let database: TestDatabase;
let pool: FakePool;
let app: TestProcess;
let served: TestHttp;
let proxy: FaultProxy;
let mona: Actor;
let token: string;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createFakePool("cli-1", "cli-2");
  for (const server of pool.servers) server.autoAnswer = false;
  app = startTestProcess(database, pool);
  served = await serveTrpc(app);
  mona = await createActor(database, "mona");
  token = await tokenOf(mona);
});
afterAll(async () => {
  await served?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  proxy = await startFaultProxy();
  await proxy.aim(Number(new URL(served.url).port));
});
afterEach(() => proxy.close());

const urlOf = ({ port }: FaultProxy) => `http://127.0.0.1:${port}`;

/** An API token of a person. */
const tokenOf = async ({ ownerId }: Actor): Promise<string> =>
  (await storeToken(database, ownerId, { scopes: ["sessions:read", "sessions:write"] })).token;

/** A client behind the proxy. */
const clientOf = (by = token, fetch?: Fetch): Flightdeck =>
  createFlightdeck({ url: urlOf(proxy), token: by, ...(fetch && { fetch }) });

/** Cuts every connection, mostly in mid-frame, until it is told to stop. */
function startCutting(seed: number): { count(): number; stop(): void } {
  const random = seededRandom(seed);
  const cut = new Set<Link>();
  const timer = setInterval(() => {
    for (const link of proxy.links()) {
      if (cut.has(link)) continue;
      cut.add(link);
      link.cutAfter(1 + Math.floor(random() * CUT_BYTES));
    }
  }, APART_MS);
  return { count: () => cut.size, stop: () => clearInterval(timer) };
}

/** Says one word after another, so slowly that a watcher that was cut off comes back in between, until enough connections
 *  were cut. The last words, which are long, get through. Answers with all that was said. */
async function speakUnderCuts({ emit, messageId }: Prompted, seed: number): Promise<string> {
  const cutting = startCutting(seed);
  let said = "";
  for (let n = 1; n <= WORDS_MIN || cutting.count() < CUTS_MIN; n += 1) {
    said += `${n} `;
    emit({ kind: "delta", messageId, text: `${n} ` });
    await new Promise((resolve) => setTimeout(resolve, APART_MS));
  }
  cutting.stop();
  emit({ kind: "message", messageId, content: said, reasoning: null }, { kind: "idle", aborted: false });
  return said;
}

const isDelta = ({ type }: WireEvent) => type === "assistant.delta";

/** Events that a watcher has no excuse for not having. What was folded into the message before it came back is one; a
 *  piece of text from before another that it has is none. */
function skippedOf(all: WireEvent[], got: WireEvent[]): number[] {
  const seqs = new Set(got.map(({ seq }) => seq));
  const lastPiece = got.findLast(isDelta)?.seq ?? 0;
  return all
    .filter((event) => !seqs.has(event.seq) && (!isDelta(event) || event.seq < lastPiece))
    .map(({ seq }) => seq);
}

/** Watches a turn through the cut connections with `client`, and without any beside it. */
async function watchUnderCuts(client: Flightdeck) {
  const { id: sessionId } = await app.sessions.create(mona, {});
  const { turnId } = await app.turns.send(mona, { sessionId, prompt: "count", idempotencyKey: "k" });
  const everything = watchUntil({ process: app, actor: mona, sessionId }, hasEnded(turnId));
  const speaking = speakUnderCuts(await pool.first.prompted(), 1);
  const got: WireEvent[] = [];
  for await (const event of client.watch({ sessionId })) {
    got.push(event);
    if (event.type === "turn.ended") break;
  }
  await speaking;
  return { got, all: await everything };
}

describe("a watch over connections that are cut in mid-frame", () => {
  it("gives every event once, in order, as it was written", async () => {
    const { got, all } = await watchUnderCuts(clientOf());
    expect(got.filter(isDelta).length).toBeGreaterThan(10);
    const seqs = got.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((one, other) => one - other));
    expect(skippedOf(all, got)).toEqual([]);
    const written = new Map(all.map((event) => [event.seq, hashOf(event)]));
    expect(got.map(hashOf)).toEqual(seqs.map((seq) => written.get(seq)));
  });

  it("would be seen to skip events, if it came back with a wrong number", async () => {
    // In the first half it says that it has seen two more events than it has.
    const ahead = (address: string) =>
      address.replace(/(lastEventId%22%3A%22)(\d+)/, (_, name: string, digits: string) => {
        const seq = Number(digits);
        return `${name}${seq > 2 && seq < 20 ? seq + 2 : seq}`;
      });
    const wrong = clientOf(token, (address, init) => fetch(ahead(address), init));
    const { got, all } = await watchUnderCuts(wrong);
    expect(skippedOf(all, got)).not.toEqual([]);
  });
});

describe("a watch of what is not there", () => {
  const untilEnd = async (client: Flightdeck, sessionId: string) => {
    for await (const _ of client.watch({ sessionId }));
  };

  it("ends with the server's reason: another person's, deleted meanwhile, a token that there is not", async () => {
    const { id: sessionId } = await app.sessions.create(mona, {});
    const other = await tokenOf(await createActor(database));
    await expect(untilEnd(clientOf(other), sessionId)).rejects.toMatchObject({
      ...{ code: "session_not_found", http: 404, retryable: false },
    });
    await expect(untilEnd(clientOf("fd_unknown"), sessionId)).rejects.toMatchObject({
      ...{ code: "token_invalid", http: 401, retryable: false },
    });
    const watching = untilEnd(clientOf(), sessionId);
    watching.catch(() => {});
    await eventually(() => proxy.links().length).toBeGreaterThan(0);
    await app.sessions.delete(mona, sessionId);
    await expect(watching).rejects.toMatchObject({ code: "session_not_found" });
  });
});

describe("ask", () => {
  it("gives the whole answer while its connections are cut again and again", async () => {
    const answer = clientOf().ask("count");
    const speaking = speakUnderCuts(await pool.first.prompted(), 2);
    const pieces: string[] = [];
    for await (const { text, restarts } of answer) {
      expect(restarts).toBe(false);
      pieces.push(text);
    }
    const said = await speaking;
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.join("")).toBe(said);
    expect(await answer.text).toBe(said);
  });

  it("runs a prompt once whose acknowledgement was lost", async () => {
    let losses = 1;
    const lossy: Fetch = async (address, init) => {
      const response = await fetch(address, init);
      if (losses === 0 || !address.endsWith("/turns.send")) return response;
      losses -= 1;
      await response.text();
      throw new TypeError("fetch failed");
    };
    const answer = clientOf(token, lossy).ask("hi");
    (await pool.first.prompted()).answer(["yes"]);
    expect(await answer.text).toBe("yes");
    expect(losses).toBe(0);
    expect(await database.db.turn.count({ where: { sessionId: await answer.sessionId } })).toBe(1);
  });

  it("starts again where the answer is given up on a server that dies", async () => {
    const answer = clientOf().ask("hi");
    const first = await pool.first.prompted();
    first.emit({ kind: "delta", messageId: first.messageId, text: "half an ans" });
    const reader = answer[Symbol.asyncIterator]();
    expect((await reader.next()).value).toEqual({ text: "half an ans", restarts: false });
    pool.first.die();
    const second = await pool.servers[1]?.prompted();
    second?.answer(["who", "le"]);
    pool.first.revive();
    expect((await reader.next()).value).toMatchObject({ restarts: true });
    expect(await answer.text).toBe("whole");
  });

  it("stops the turn when its signal says so", async () => {
    const stop = new AbortController();
    const answer = clientOf().ask("hi", { signal: stop.signal });
    const { emit, messageId } = await pool.first.prompted();
    emit({ kind: "delta", messageId, text: "half" });
    for await (const { text } of answer) {
      expect(text).toBe("half");
      break;
    }
    stop.abort(new Error("enough"));
    await expect(answer.text).rejects.toThrow("enough");
    const turnId = await answer.turnId;
    await eventually(async () => (await app.turns.get(mona, turnId)).status).toBe("aborted");
  });

  it("fails with the turn's own code", async () => {
    const answer = clientOf().ask("hi");
    const { emit } = await pool.first.prompted();
    emit({ kind: "failed", code: "rate_limited", detail: "429" }, { kind: "idle", aborted: false });
    await expect(answer.text).rejects.toMatchObject({ code: "rate_limited", retryable: true, http: null });
  });

  it("gives the answer of the first time to a program that died and asks again", async () => {
    const { id: sessionId } = await app.sessions.create(mona, {});
    const options = { sessionId, idempotencyKey: "row-1" };
    const first = clientOf().ask("hi", options);
    (await pool.first.prompted()).answer(["yes"]);
    expect(await first.text).toBe("yes");
    const second = clientOf().ask("hi", options);
    expect(await second.text).toBe("yes");
    expect(await second.turnId).toBe(await first.turnId);
  });
});
