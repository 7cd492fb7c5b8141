import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import pino from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ModelSimulator, startModelSimulator } from "@/e2e/simulators/model-simulator";
import { hashToken } from "@/e2e/simulators/request-log";
import type { CreateProviderInput, ProviderKind, WireApi } from "@/lib/contracts/providers";
import type { EventType, WireEvent, WireEventOf } from "@/lib/events/wire";
import { providerModelId } from "@/lib/provider-model";
import { createDialer, type Resolve } from "@/server/egress/dialer";
import { createEgress } from "@/server/egress/egress";
import { type EgressProxy, startEgressProxy } from "@/server/egress/proxy";
import type { Egress } from "@/server/egress/types";
import { parseOpenedTargets } from "@/server/platform/egress-ranges";
import type { Actor } from "@/server/platform/scope";
import { startTestCopilot, type TestCopilot } from "@/tests/support/copilot";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { startTestFlightdeck, type TestFlightdeck } from "@/tests/support/flightdeck";
import { HOSTILE_HOSTS } from "@/tests/support/hostile-addresses";

const KEY = "sk-key-of-mona-0123456789";
const HEADER = "value-of-a-header-0123456789";

let models: ModelSimulator;
let proxy: EgressProxy;
let proxied: string[];
let names: Record<string, () => string[]>;
let copilot: TestCopilot;
let database: TestDatabase;
let app: TestFlightdeck;
/** Whether the app looks at addresses before it asks; else it leaves that to the proxy. */
let looksFirst: boolean;
let mona: Actor;

const openedOf = (text: string) => {
  const parsed = parseOpenedTargets(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.opened;
};
const resolve: Resolve = async (host) => {
  const found = names[host];
  if (!found) throw new Error("ENOTFOUND");
  return found();
};

beforeAll(async () => {
  names = {};
  [models, database] = await Promise.all([startModelSimulator(), createTestDatabase()]);
  proxied = [];
  const log = pino({ level: "warn" }, { write: (line: string) => void proxied.push(line) });
  const open = `127.0.0.1:${models.port}, models.example:${models.port}`;
  copilot = await startTestCopilot({
    async proxyUrl(github) {
      const dialer = createDialer({ opened: openedOf(`${open}, 127.0.0.1:${github.port}`), resolve });
      proxy = await startEgressProxy({ dialer, log });
      return proxy.url;
    },
  });
  const egress = createEgress(createDialer({ opened: openedOf(open), resolve }));
  const check: Egress["check"] = async (url) => (looksFirst ? egress.check(url) : null);
  app = await startTestFlightdeck(database, copilot, { egress: { ...egress, check } });
  mona = await app.person("mona");
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await copilot?.[Symbol.asyncDispose]();
  await proxy?.close();
  await models?.close();
  await database?.[Symbol.asyncDispose]();
});

beforeEach(() => {
  looksFirst = true;
  models.log.clear();
  copilot.github.log.clear();
});

const only = <T extends EventType>(events: WireEvent[], type: T) =>
  events.filter((event): event is WireEventOf<T> & WireEvent => event.type === type);
const ended = (events: WireEvent[]) => only(events, "turn.ended")[0]?.data;
const answer = (events: WireEvent[]) => only(events, "assistant.message").map((event) => event.data.content);
const modelCalls = () => copilot.github.log.since(0).filter(({ promptText }) => promptText !== undefined);

type Endpoint = Partial<Pick<CreateProviderInput, "kind" | "wireApi" | "baseUrl" | "key">>;

async function providerAt(endpoint: Endpoint = {}): Promise<string> {
  const { id } = await app.providers.own.create(mona, {
    ...{ name: "Mine", kind: "compatible", wireApi: "completions", baseUrl: `${models.url}/v1`, key: KEY },
    ...{ azureApiVersion: null, disabled: false, headers: [{ name: "x-team", value: HEADER }] },
    models: ["sim-small", "sim-large"].map((model) => ({
      ...{ id: model, name: null, maxPromptTokens: 100_000, maxOutputTokens: 1_000 },
    })),
    ...endpoint,
  });
  return id;
}

async function sessionOn(model: string): Promise<string> {
  return (await app.sessions.create(mona, { model })).id;
}

describe("a real CLI server on a provider's model", () => {
  it.each([
    ["compatible", "completions", "/v1", "/v1/chat/completions"],
    ["compatible", "responses", "/v1", "/v1/responses"],
    ["anthropic", "messages", "", "/v1/messages"],
    ["azure", "completions", "", "/openai/v1/chat/completions"],
    ["azure", "responses", "", "/openai/v1/responses"],
  ] as const satisfies [ProviderKind, WireApi, string, string][])(
    "asks it as %s by %s, with its key, and GitHub nothing",
    async (kind, wireApi, base, asked) => {
      const id = await providerAt({ kind, wireApi, baseUrl: `${models.url}${base}` });
      const sessionId = await sessionOn(providerModelId(id, "sim-large"));
      const events = await app.converse(mona, sessionId, "count tokens=20 rate=0");
      expect(ended(events)).toEqual({ outcome: "succeeded" });
      expect(answer(events)[0]).toMatch(/^1 2 3 .* 20$/);
      expect(models.log.since(0)).toMatchObject([
        { path: asked, model: "sim-large", tokenHash: hashToken(KEY), status: 200 },
      ]);
      expect(modelCalls()).toEqual([]);
    },
  );

  it("goes on in one conversation with Copilot's models, another provider's, and back", async () => {
    const [one, other] = [await providerAt(), await providerAt({ key: "sk-another-key-0123456789" })];
    const sessionId = await sessionOn(providerModelId(one, "sim-small"));
    const ask = async (prompt: string) => {
      const events = await app.converse(mona, sessionId, prompt);
      expect(ended(events)).toEqual({ outcome: "succeeded" });
      return answer(events).at(-1);
    };
    const use = (model: string) => app.sessions.update(mona, { sessionId, model });
    await ask("short xylophone");
    await use("gpt-5-mini");
    expect(await ask("knows=xylophone")).toBe("yes");
    expect(modelCalls()).toMatchObject([{ tokenLogin: "mona", model: "gpt-5-mini" }]);
    await use(providerModelId(other, "sim-small"));
    expect(await ask("knows=xylophone")).toBe("yes");
    await use(providerModelId(one, "sim-large"));
    expect(await ask("knows=xylophone")).toBe("yes");
    await use("gpt-5-mini");
    expect(await ask("knows=xylophone")).toBe("yes");
    expect(models.log.since(0).map(({ tokenHash, model }) => [tokenHash, model])).toEqual([
      [hashToken(KEY), "sim-small"],
      [hashToken("sk-another-key-0123456789"), "sim-small"],
      [hashToken(KEY), "sim-large"],
    ]);
    expect(modelCalls()).toHaveLength(2);
  });

  it("gets the key anew with each resume, also on another server after one has died, and keeps it nowhere", async () => {
    const id = await providerAt();
    const sessionId = await sessionOn(providerModelId(id, "sim-small"));
    await app.converse(mona, sessionId, "short xylophone");
    await copilot.kill();
    const again = await app.converse(mona, sessionId, "knows=xylophone");
    expect(ended(again)).toEqual({ outcome: "succeeded" });
    expect(answer(again).at(-1)).toBe("yes");
    await copilot.ready();
    const files = await readdir(copilot.dataDir, { recursive: true, withFileTypes: true });
    const looked = files.filter(
      (file) => file.isFile() && !file.parentPath.includes(`${path.sep}cache${path.sep}pkg`),
    );
    const holding: string[] = [];
    for (const file of looked) {
      const text = await readFile(path.join(file.parentPath, file.name), "latin1").catch(() => "");
      if ([KEY, HEADER].some((secret) => text.includes(secret))) holding.push(file.name);
    }
    expect(looked.map(({ name }) => name)).toContain("events.jsonl");
    expect(holding).toEqual([]);
    const { events } = await app.sessions.events(mona, { sessionId, afterSeq: 0, limit: 1_000 });
    for (const secret of [KEY, HEADER]) {
      expect(JSON.stringify(events)).not.toContain(secret);
      expect(proxied.join("")).not.toContain(secret);
    }
  });

  it.each([
    ["error 401", "provider_rejected_key"],
    ["error 403", "provider_rejected_key"],
    ["error 402", "provider_rejected_key"],
    ["error 404", "model_rejected"],
    ["error 429 retry=1", "rate_limited"],
  ])("that answers «%s» fails the turn as %s, without its address in any event", async (prompt, code) => {
    const sessionId = await sessionOn(providerModelId(await providerAt(), "sim-small"));
    const events = await app.converse(mona, sessionId, prompt);
    expect(ended(events)).toMatchObject({ outcome: "failed", code });
    expect(JSON.stringify(events)).not.toMatch(/127\.0\.0\.1|sk-key/);
    expect(modelCalls()).toEqual([]);
  });
});

// That the CLI itself is kept from them: see hostile.cli.test.ts.
describe("a hostile address", () => {
  it("is refused when a provider is made, in words", async () => {
    names["inside.example"] = () => ["127.0.0.1"];
    names["both.example"] = () => ["140.82.121.4", "127.0.0.1"];
    for (const host of [...HOSTILE_HOSTS, "inside.example", "both.example"]) {
      const baseUrl = `http://${host}:1/v1`;
      await expect(providerAt({ baseUrl }), host).rejects.toMatchObject({ code: "address_closed" });
    }
  });

  it("to which a name leads only later is not called", async () => {
    looksFirst = false;
    let looks = 0;
    names["models.example"] = () => {
      looks += 1;
      return looks === 1 ? ["127.0.0.1"] : ["127.0.0.1", "169.254.169.254"];
    };
    const id = await providerAt({ baseUrl: `http://models.example:${models.port}/v1` });
    const sessionId = await sessionOn(providerModelId(id, "sim-small"));
    expect(ended(await app.converse(mona, sessionId, "short"))).toEqual({ outcome: "succeeded" });
    expect(looks).toBe(1);
    models.log.clear();
    expect(ended(await app.converse(mona, sessionId, "short"))).toMatchObject({
      ...{ outcome: "failed", code: "address_closed" },
    });
    expect(models.log.since(0)).toEqual([]);
  });
});
