import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "@/server/platform/scope";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { createActor, storeSession } from "@/tests/support/process";
import { createLeases } from "./leases";
import { FORMER_KEPT_MS } from "./tunables";
import type { Leases } from "./types";

let database: TestDatabase;
let actor: Actor;
let one: Leases;
let other: Leases;

beforeAll(async () => {
  database = await createTestDatabase();
  actor = await createActor(database);
  one = createLeases(database.db, "process one");
  other = createLeases(database.db, "process other");
});

afterAll(() => database?.[Symbol.asyncDispose]());

const newSession = () => storeSession(database.db, actor.ownerId);

const head = (sessionId: string) => database.db.sessionHead.findUniqueOrThrow({ where: { sessionId } });
const expire = (sessionId: string) =>
  database.db.$executeRaw`
    UPDATE "SessionHead" SET "leaseExpiresAt" = now() - interval '1 ms' WHERE "sessionId" = ${sessionId}::uuid`;
async function fenceOf(leases: Leases, sessionId: string): Promise<number> {
  const claim = await leases.claim(sessionId);
  if (!claim.won) throw new Error("not won");
  return claim.lease.fence;
}

describe("a lease", () => {
  it("tells its holder whose session it is and what it needs", async () => {
    const sessionId = await newSession();
    expect(await one.claim(sessionId)).toEqual({
      won: true,
      lease: {
        sessionId,
        fence: 1,
        owner: actor.ownerId,
        cliServer: null,
        cliSession: sessionId,
        memoryFromSeq: null,
      },
    });
  });

  it("is won by exactly one of two processes that claim at once", async () => {
    for (let round = 0; round < 10; round++) {
      const sessionId = await newSession();
      const claims = await Promise.all([one.claim(sessionId), other.claim(sessionId)]);
      expect(claims.map((claim) => claim.won).sort()).toEqual([false, true]);
    }
  });

  it("that ran out is taken by another process, with a higher fence", async () => {
    const sessionId = await newSession();
    const fence = await fenceOf(one, sessionId);
    expect((await other.claim(sessionId)).won).toBe(false);
    await expire(sessionId);
    expect(await fenceOf(other, sessionId)).toBeGreaterThan(fence);
    expect((await one.claim(sessionId)).won).toBe(false);
  });

  it("is renewed for the sessions that are still driven, and for no others", async () => {
    const [kept, dropped, foreign] = [await newSession(), await newSession(), await newSession()];
    await Promise.all([one.claim(kept), one.claim(dropped), other.claim(foreign)]);
    await Promise.all([kept, dropped, foreign].map(expire));
    await one.renew([kept, foreign]);
    expect((await other.claim(kept)).won).toBe(false);
    expect((await other.claim(dropped)).won).toBe(true);
    expect((await one.claim(foreign)).won).toBe(true);
  });

  it("is given back by its holder only", async () => {
    const sessionId = await newSession();
    const old = await fenceOf(one, sessionId);
    await expire(sessionId);
    const now = await fenceOf(other, sessionId);
    await one.release(sessionId, old);
    await one.release(sessionId, now);
    expect((await head(sessionId)).leaseOwner).toBe("process other");
    await other.release(sessionId, now);
    expect((await one.claim(sessionId)).won).toBe(true);
  });

  it("gives a process that claims again a new fence, so its own old writers stop", async () => {
    const sessionId = await newSession();
    expect(await fenceOf(one, sessionId)).toBeLessThan(await fenceOf(one, sessionId));
  });

  it("notes where a conversation goes on in a copy, whose former files go later", async () => {
    const sessionId = await newSession();
    const fence = await fenceOf(one, sessionId);
    const tombstones = () => database.db.sessionTombstone.findMany({ where: { sessionId } });
    await one.setServer(sessionId, fence, { cliServer: "cli-1", cliSession: sessionId });
    expect(await tombstones()).toEqual([]);
    await one.setServer(sessionId, fence, { cliServer: "cli-2", cliSession: "copy" });
    const [former] = await tombstones();
    expect(former?.cliServer).toBe("cli-2");
    expect(former?.retryAt.getTime()).toBeGreaterThan(Date.now() + FORMER_KEPT_MS / 2);
    const claim = await one.claim(sessionId);
    expect(claim.won && claim.lease).toMatchObject({ cliServer: "cli-2", cliSession: "copy" });
  });

  it("that ran out and that nobody took is kept by the holder who asks for it", async () => {
    const sessionId = await newSession();
    const fence = await fenceOf(one, sessionId);
    await expire(sessionId);
    expect(await one.holds(sessionId, fence)).toBe(true);
    expect((await other.claim(sessionId)).won).toBe(false);
    await expire(sessionId);
    expect((await other.claim(sessionId)).won).toBe(true);
    expect(await one.holds(sessionId, fence)).toBe(false);
    expect((await one.claim(sessionId)).won).toBe(false);
  });

  it("notes the server only while it is held", async () => {
    const sessionId = await newSession();
    const at = (cliServer: string) => ({ cliServer, cliSession: sessionId });
    const old = await fenceOf(one, sessionId);
    expect(await one.setServer(sessionId, old, at("cli-1"))).toBe(true);
    await fenceOf(one, sessionId);
    expect(await one.setServer(sessionId, old, at("cli-2"))).toBe(false);
    expect((await head(sessionId)).cliServer).toBe("cli-1");
    expect(await one.setServer(randomUUID(), 1, at("cli-1"))).toBe(false);
  });

  it("of a session that is not there is never won", async () => {
    expect(await one.claim(randomUUID())).toEqual({ won: false });
  });
});
