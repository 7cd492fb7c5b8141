import { randomUUID } from "node:crypto";
import fc from "fast-check";
import pino from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { NewEvent, WireEvent } from "@/lib/events/wire";
import { type Bell, createBell } from "@/server/db/bell";
import { createDb, type Db } from "@/server/db/client";
import { systemClock } from "@/server/platform/clock";
import type { Actor } from "@/server/platform/scope";
import { createJumpingClock, createManualClock, type JumpingClock } from "@/tests/fakes/clock";
import { auditOf, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { createActor, storeSession } from "@/tests/support/process";
import { createEventLog } from "./event-log";
import { createSessionStore, type SessionStore } from "./store";
import { WATCH_PAGE_ROWS, WATCH_POLL_MS, WATCH_RECHECK_MS } from "./tunables";
import type { EventLog } from "./types";
import { watchLog } from "./watch";

/** What one process has of its own. */
type Process = { db: Db; log: EventLog; bell: Bell; clock: JumpingClock; store: SessionStore };

let database: TestDatabase;
let here: Process;
let there: Process;
let actor: Actor;
let sessionId: string;

function start(): Process {
  const db = createDb(database.url);
  const clock = createJumpingClock();
  const bell = createBell({
    url: database.url,
    processId: randomUUID(),
    clock: systemClock,
    log: pino({ level: "silent" }),
  });
  return {
    db,
    clock,
    bell,
    log: createEventLog(db, clock),
    store: createSessionStore(db, auditOf(db)),
  };
}

beforeAll(async () => {
  database = await createTestDatabase();
  [here, there] = [start(), start()];
  actor = await createActor(database);
});
beforeEach(async () => {
  sessionId = await storeSession(here.db, actor.ownerId);
});
afterAll(async () => {
  await Promise.all([here?.bell.stop(), there?.bell.stop()]);
  await Promise.all([here?.db.$disconnect(), there?.db.$disconnect()]);
  await database?.[Symbol.asyncDispose]();
});

const note = (title: string): NewEvent => ({ type: "session.updated", data: { title } });
const delta = (text: string): NewEvent => ({ type: "assistant.delta", data: { messageId: "m", text } });

async function append(
  process: Process,
  events: NewEvent[],
  options: { fold?: number[]; ring?: boolean } = {},
) {
  const guard = { owner: actor.ownerId };
  const appended = await process.log.append({ sessionId, guard, events, fold: options.fold });
  if (options.ring ?? true) process.bell.ring(sessionId);
  return appended.won ? appended.events : [];
}

type Watching = { allowed?: () => boolean; afterSeq?: number; bell?: Bell };

/** A watcher that notes what it sees; `done` resolves when the watch ended by itself or was stopped. */
function watch(process: Process, { allowed = () => true, afterSeq = 0, bell = process.bell }: Watching = {}) {
  const stop = new AbortController();
  const seen: WireEvent[] = [];
  let tell = () => {};
  const done = (async () => {
    const { log, clock } = process;
    const options = { afterSeq, signal: stop.signal, stillAllowed: async () => allowed() };
    const deps = { log, bell, clock };
    for await (const batch of watchLog(deps, sessionId, options)) {
      seen.push(...batch);
      tell();
    }
  })();
  return {
    seen,
    done,
    stop: () => stop.abort(),
    /** Resolves when the event with this number, or a later one, was seen. */
    async until(seq: number) {
      while ((seen.at(-1)?.seq ?? 0) < seq) await new Promise<void>((resolve) => (tell = resolve));
    },
  };
}

/** A bell that never hears anything, as when every ring was lost. */
const deaf: Bell = {
  listen: () => () => {},
  ring: () => {},
  ringOthers: () => {},
  stop: async () => {},
  isSteady: () => true,
  ready: Promise.resolve(),
};

type Step =
  | { do: "append"; by: 0 | 1; size: number; ring: boolean }
  | { do: "fold"; by: 0 | 1 }
  | { do: "reconnect"; to: 0 | 1 };

const by = fc.constantFrom<0 | 1>(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      by,
      size: fc.integer({ min: 1, max: 4 }),
      ring: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fold" as const), by }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("reconnect" as const), to: by }) },
);

describe("a watcher that reconnects with the last number it saw", () => {
  it("gets every event once and in order, whoever appends, folds, and whichever process it comes back to", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 25 }), async (steps) => {
        sessionId = await storeSession(here.db, actor.ownerId);
        const processes = [here, there] as const;
        let watcher = watch(here);
        const seen: WireEvent[] = [];
        let open: number[] = [];
        for (const each of steps) {
          if (each.do === "append") {
            const rows = await append(
              processes[each.by],
              Array.from({ length: each.size }, (_, n) => delta(`${n}`)),
              each,
            );
            open.push(...rows.map((row) => row.seq));
          } else if (each.do === "fold") {
            const folded = open.map((seq): [number, number] => [seq, seq]);
            const data = { messageId: "m", content: "whole", partial: false, folded };
            await append(processes[each.by], [{ type: "assistant.message", data }], { fold: open });
            open = [];
          } else {
            watcher.stop();
            await watcher.done;
            seen.push(...watcher.seen);
            watcher = watch(processes[each.to], { afterSeq: seen.at(-1)?.seq ?? 0 });
          }
        }
        const [last] = await append(here, [note("last")]);
        // Rings that were not rung are what the poll is for.
        for (const process of processes) process.clock.jump(WATCH_POLL_MS);
        await watcher.until(last?.seq ?? 0);
        watcher.stop();
        await watcher.done;
        seen.push(...watcher.seen);

        const seqs = seen.map((event) => event.seq);
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
        const folded = seen.flatMap((event) => ("folded" in event.data ? event.data.folded : [])).flat();
        const known = new Set([...seqs, ...folded]);
        for (let seq = 1; seq <= (last?.seq ?? 0); seq++) expect(known.has(seq)).toBe(true);
        for (const row of await here.log.read(sessionId, { afterSeq: 0, limit: 1_000 }))
          expect(seen).toContainEqual(row);
      }),
      { numRuns: 8 },
    );
  });
});

const seqsOf = (batch: WireEvent[]) => batch.map((event) => event.seq);

describe("a watch", () => {
  it("finds what it was not told about, by looking itself", async () => {
    const watcher = watch(there, { bell: deaf });
    const [first] = await append(here, [note("a")], { ring: false });
    there.clock.jump(WATCH_POLL_MS);
    await watcher.until(first?.seq ?? 0);
    const [second] = await append(here, [note("b")], { ring: false });
    // It may be about to fall asleep just now; then the jump comes too early for it.
    const poll = setInterval(() => there.clock.jump(WATCH_POLL_MS), 20);
    await watcher.until(second?.seq ?? 0);
    clearInterval(poll);
    watcher.stop();
    await watcher.done;
  });

  it("replays a long history in order, and then follows", async () => {
    const count = 2 * WATCH_PAGE_ROWS + 7;
    await append(
      there,
      Array.from({ length: count }, (_, n) => note(`${n}`)),
    );
    const watcher = watch(here, { afterSeq: 3 });
    await watcher.until(count);
    const [next] = await append(there, [note("next")]);
    await watcher.until(next?.seq ?? 0);
    watcher.stop();
    await watcher.done;
    expect(watcher.seen.map((event) => event.seq)).toEqual(
      Array.from({ length: count - 2 }, (_, n) => n + 4),
    );
  });

  it("that is read slowly misses nothing, and holds no more than it was asked for", async () => {
    const stop = new AbortController();
    const options = { afterSeq: 0, signal: stop.signal, stillAllowed: async () => true };
    const events: AsyncGenerator<WireEvent[], void> = watchLog(here, sessionId, options);
    await append(here, [note("0")]);
    const seen: number[] = [];
    for (let n = 1; n <= 30; n++) {
      const { value } = await events.next();
      seen.push(...seqsOf(value ?? []));
      await append(
        n % 2 ? here : there,
        Array.from({ length: 5 }, (_, k) => note(`${n} ${k}`)),
      );
      if (seen.at(-1) === 151) break;
    }
    while ((seen.at(-1) ?? 0) < 151) seen.push(...seqsOf((await events.next()).value ?? []));
    stop.abort();
    expect((await events.next()).done).toBe(true);
    expect(seen).toEqual(Array.from({ length: 151 }, (_, n) => n + 1));
  });

  it.each(["here", "there"] as const)("ends when its session is deleted by a process (%s)", async (where) => {
    await append(here, [note("a")]);
    const watcher = watch(here);
    await watcher.until(1);
    const process = where === "here" ? here : there;
    await process.store.delete(actor.ownerId, sessionId, { actor });
    process.bell.ring(sessionId);
    await watcher.done;
  });

  it("ends when its session is deleted right after an event, both rung at once", async () => {
    const watcher = watch(here);
    await append(here, [note("a")]);
    await watcher.until(1);
    await append(here, [note("b")], { ring: false });
    await here.store.delete(actor.ownerId, sessionId, { actor });
    here.bell.ring(sessionId);
    await watcher.done;
    // Whether the last event was read before the session went is a matter of time.
    expect([[1], [1, 2]]).toContainEqual(seqsOf(watcher.seen));
  });

  it("ends when its session was deleted and the ring was lost", async () => {
    const watcher = watch(here, { bell: deaf });
    await append(here, [note("a")], { ring: false });
    await here.store.delete(actor.ownerId, sessionId, { actor });
    const poll = setInterval(() => here.clock.jump(WATCH_POLL_MS), 20);
    await watcher.done;
    clearInterval(poll);
  });

  it("ends when the login behind it was revoked, also while events keep coming", async () => {
    let allowed = true;
    const watcher = watch(here, { allowed: () => allowed });
    await append(here, [note("a")]);
    await watcher.until(1);
    allowed = false;
    here.clock.jump(WATCH_RECHECK_MS);
    await append(here, [note("b")]);
    await watcher.done;
  });

  it("ends at once when it is stopped, while it sleeps and while it reads", async () => {
    const sleeping = watch(here);
    await append(here, [note("a")]);
    await sleeping.until(1);
    sleeping.stop();
    await sleeping.done;

    const stop = new AbortController();
    const read = async () => {
      stop.abort();
      return [];
    };
    // A clock that stands still: only the stop can end this watch.
    const deps = {
      ...here,
      log: { ...here.log, read },
      clock: createManualClock(),
    };
    const options = { afterSeq: 1, signal: stop.signal, stillAllowed: async () => true };
    expect(await watchLog(deps, sessionId, options).next()).toMatchObject({ done: true });
  });
});

describe("a reader that does not read for a while", () => {
  it("costs nothing meanwhile, and then gets everything, page by page, folded or not", async () => {
    const stop = new AbortController();
    const { log, bell, clock } = here;
    const deps = { log, bell, clock };
    const options = { afterSeq: 0, signal: stop.signal, stillAllowed: async () => true };
    const batches = watchLog(deps, sessionId, options);
    await append(here, [note("first")]);
    expect((await batches.next()).value).toHaveLength(1);
    const rounds = 8;
    for (let round = 0; round < rounds; round++) {
      const texts = await append(
        here,
        Array.from({ length: WATCH_PAGE_ROWS }, (_, n) => delta(`${n}`)),
      );
      // Half of it is replaced before it is ever read.
      const fold = texts.slice(0, WATCH_PAGE_ROWS / 2).map(({ seq }) => seq);
      await append(here, [note(`round ${round}`)], { fold });
    }
    const seen: number[] = [];
    const left = rounds * (WATCH_PAGE_ROWS / 2 + 1);
    while (seen.length < left) {
      const batch: WireEvent[] = (await batches.next()).value ?? [];
      expect(batch.length).toBeLessThanOrEqual(WATCH_PAGE_ROWS);
      seen.push(...batch.map(({ seq }) => seq));
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1 + rounds * (WATCH_PAGE_ROWS + 1));
    stop.abort();
    await batches.return(undefined);
  });
});
