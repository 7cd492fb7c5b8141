import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Secret } from "@/server/platform/secret";
import { startExternalCopilot } from "@/tests/support/copilot";
import { eventually } from "@/tests/support/process";
import type { CopilotServer, CopilotSignal } from "./types";

const READY_MS = 20_000;

let copilot: Awaited<ReturnType<typeof startExternalCopilot>>;
let server: CopilotServer;
/** With the same home. */
let other: CopilotServer;

beforeAll(async () => {
  copilot = await startExternalCopilot(2);
  [server, other] = copilot.connect().pool.servers as [CopilotServer, CopilotServer];
  await vi.waitUntil(() => [server, other].every((each) => each.state() === "ready"), READY_MS);
});

afterAll(() => copilot?.[Symbol.asyncDispose]());

async function attach(cliSession: string, resume: boolean) {
  const heard: CopilotSignal[] = [];
  const attachment = await server.attach({
    ...{ sessionId: cliSession, cliSession, resume, model: null, earlier: null },
    access: { kind: "user", token: new Secret(copilot.github.issueToken("mona")) },
    onSignal: (signal) => heard.push(signal),
  });
  return {
    ...attachment,
    async ask(prompt: string): Promise<string> {
      const turnId = randomUUID();
      await attachment.send(prompt, turnId);
      await eventually(() => heard.at(-1)?.kind).toBe("idle");
      heard.length = 0;
      return turnId;
    },
  };
}

describe("a copy of a conversation", () => {
  it("remembers it, under an id of its own; what is said in one of them is not in the other", async () => {
    const first = await attach(randomUUID(), false);
    const original = randomUUID();
    const one = await attach(original, false);
    const asked = await one.ask("count tokens=3 rate=0");
    // Also while a server has it in memory, as one that hangs does.
    const copy = await server.fork(original);
    expect(copy).not.toBe(original);
    const other = await attach(copy ?? "", true);
    expect(other.resumed).toBe(true);
    expect(await other.recall(asked)).toMatchObject({ state: "answered" });
    const later = await one.ask("count tokens=4 rate=0");
    expect(await one.recall(later)).toMatchObject({ state: "answered" });
    expect(await other.recall(later)).toEqual({ state: "absent" });
    const own = await other.ask("count tokens=2 rate=0");
    expect(await one.recall(own)).toEqual({ state: "absent" });
    await Promise.all([first, one, other].map((each) => each.detach()));
  });

  it("is made once by a server that has not the original: whoever asks again gets the same", async () => {
    const original = randomUUID();
    const one = await attach(original, false);
    const asked = await one.ask("count tokens=3 rate=0");
    await one.detach();
    const copy = await other.fork(original);
    expect(await other.fork(original)).toBe(copy);
    const copyOfCopy = await server.fork(copy ?? "");
    expect(copyOfCopy).not.toBe(copy);
    expect(await server.fork(original)).toBe(copyOfCopy);
    // The original itself is of no use any more.
    await expect(attach(original, true)).rejects.toMatchObject({ isBroken: true });
    const last = await attach(copyOfCopy ?? "", true);
    expect(await last.recall(asked)).toMatchObject({ state: "answered" });
    await last.detach();
  });

  it("of one with which somebody went on elsewhere after it was copied is none: neither has all of it", async () => {
    const original = randomUUID();
    const one = await attach(original, false);
    await one.ask("count tokens=3 rate=0");
    await other.fork(original);
    await one.ask("count tokens=4 rate=0");
    // The journal is written a moment later.
    await expect.poll(() => other.fork(original), { timeout: 10_000 }).toBeNull();
    await one.detach();
  });

  it("of one that is not there is none", async () => {
    expect(await server.fork(randomUUID())).toBeNull();
  });
});
