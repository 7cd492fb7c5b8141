import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Secret } from "@/server/platform/secret";
import { startExternalCopilot } from "@/tests/support/copilot";
import { eventually } from "@/tests/support/process";
import type { CopilotServer, CopilotSignal } from "./types";

const READY_MS = 20_000;

let copilot: Awaited<ReturnType<typeof startExternalCopilot>>;
/** Two with one home, and the first once more, as another process of the app sees it. */
let servers: CopilotServer[];

beforeAll(async () => {
  copilot = await startExternalCopilot(2);
  servers = [...copilot.connect().pool.servers, ...copilot.connect().pool.servers.slice(0, 1)];
  await vi.waitUntil(() => servers.every((each) => each.state() === "ready"), READY_MS);
});
afterAll(() => copilot?.[Symbol.asyncDispose]());

async function attach(server: CopilotServer | undefined) {
  const heard: CopilotSignal[] = [];
  const cliSession = randomUUID();
  const attachment = await server?.attach({
    ...{ sessionId: cliSession, cliSession, resume: false, model: null, earlier: null },
    access: { kind: "user", token: new Secret(copilot.github.issueToken("mona")) },
    onSignal: (signal) => heard.push(signal),
  });
  return {
    cliSession,
    async ask(prompt: string) {
      await attachment?.send(prompt, randomUUID());
      await eventually(() => heard.at(-1)?.kind).toBe("idle");
    },
    detach: async () => attachment?.detach(),
  };
}

const listed = () =>
  Promise.all(servers.map(async (server) => (await server.conversations()).map(({ id }) => id).toSorted()));

it("each server tells every conversation of the home, whoever had it and whether it is in memory, until it is deleted", async () => {
  const before = new Date();
  const [one, two, silent] = [await attach(servers[0]), await attach(servers[1]), await attach(servers[0])];
  await one.ask("count tokens=2 rate=0");
  await two.ask("count tokens=2 rate=0");
  await two.detach();
  const both = [one.cliSession, two.cliSession].toSorted();
  // Nothing was said in the third.
  await eventually(listed).toEqual([both, both, both]);
  const [newest] = (await servers[0]?.conversations()) ?? [];
  expect(Object.keys(newest ?? {})).toEqual(["id", "modifiedAt"]);
  expect(newest?.modifiedAt?.getTime()).toBeGreaterThan(before.getTime());
  await Promise.all([one.detach(), silent.detach()]);
  await servers[1]?.deleteSession(one.cliSession);
  expect(await listed()).toEqual(servers.map(() => [two.cliSession]));
});
