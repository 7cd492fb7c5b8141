import { randomUUID } from "node:crypto";
import { type AddressInfo, createServer, type Server } from "node:net";
import pino from "pino";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type ModelSimulator, startModelSimulator } from "@/e2e/simulators/model-simulator";
import { CopilotError } from "@/server/copilot/errors";
import type { CopilotServer, ProviderAccess } from "@/server/copilot/types";
import { createDialer, type Resolve } from "@/server/egress/dialer";
import { type EgressProxy, startEgressProxy } from "@/server/egress/proxy";
import { parseOpenedTargets } from "@/server/platform/egress-ranges";
import { Secret } from "@/server/platform/secret";
import { EVERYWHERE, type HttpTarget, startHttpTarget } from "@/tests/fakes/http-target";
import { startTestCopilot, type TestCopilot } from "@/tests/support/copilot";
import { HOSTILE_HOSTS, HOSTILE_NAMES, spellingsOfV4 } from "@/tests/support/hostile-addresses";

// A real CLI server behind the proxy is given each of these addresses as a provider's, and nothing before it looks at them.

/** For hundreds of sessions, of which each may try several times. */
const ALL_MS = 15 * 60_000;
const AT_ONCE = 24;
const OPEN_NAMES = Array.from({ length: 15 }, (_, n) => `gpu-${n}.example`);
const PUBLIC = [
  ...Array.from({ length: 14 }, (_, n) => `140.82.121.${n + 1}`),
  ...Array.from({ length: 6 }, (_, n) => `2606:50c0:8000::${n + 1}`),
];

let models: ModelSimulator;
/** Hears every address of this machine; nobody may reach it. */
let canary: HttpTarget;
/** Is open, and sends everybody on to where its path says. */
let sly: HttpTarget;
/** The company's proxy, through which the internet would be reached: notes whom it is asked for, and hangs up. */
let upstream: Server;
let tunnelled: Set<string>;
let names: Record<string, () => readonly string[]>;
let refusals: number;
let proxy: EgressProxy;
let copilot: TestCopilot;
let server: CopilotServer;

const resolve: Resolve = async (host) => {
  const found = names[host];
  if (!found) throw new Error("ENOTFOUND");
  return [...found()];
};

async function startProxy(open: readonly string[]): Promise<EgressProxy> {
  const parsed = parseOpenedTargets(open.join(","));
  if (!parsed.ok) throw new Error(parsed.problem);
  const { port } = upstream.address() as AddressInfo;
  const dialer = createDialer({ opened: parsed.opened, resolve, upstream: `http://127.0.0.1:${port}` });
  const write = (line: string) => {
    if (line.includes('"refusal"')) refusals += 1;
  };
  return startEgressProxy({ dialer, log: pino({ level: "warn" }, { write }) });
}

beforeAll(async () => {
  [models, canary] = await Promise.all([startModelSimulator(), startHttpTarget(undefined, EVERYWHERE)]);
  sly = await startHttpTarget((request, response) => {
    const [, status, location = ""] = (request.url ?? "").split("/");
    response.writeHead(Number(status), { location: decodeURIComponent(location) }).end();
  });
  upstream = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (data) => {
      tunnelled.add(String(data).split(" ")[1] ?? "");
      socket.destroy();
    });
  });
  await new Promise<void>((listening) => upstream.listen(0, "127.0.0.1", listening));
  copilot = await startTestCopilot({
    async proxyUrl(github) {
      proxy = await startProxy([
        ...[models, sly, github].map(({ port }) => `127.0.0.1:${port}`),
        ...[...OPEN_NAMES.map((name) => `${name}:${models.port}`), `heard.example:${canary.port}`],
      ]);
      return proxy.url;
    },
  });
  const [first] = copilot.pool.servers;
  if (!first) throw new Error("There is no CLI server.");
  server = first;
});

afterAll(async () => {
  await copilot?.[Symbol.asyncDispose]();
  await proxy?.close();
  await new Promise((closed) => upstream?.close(closed));
  await sly?.[Symbol.asyncDispose]();
  await canary?.[Symbol.asyncDispose]();
  await models?.close();
});

beforeEach(() => {
  [names, tunnelled, refusals] = [{}, new Set(), 0];
});

const ACCESS: Omit<ProviderAccess, "baseUrl"> = {
  ...{ kind: "provider", providerId: randomUUID(), version: 1, type: "openai", wireApi: "completions" },
  ...{ azureApiVersion: null, key: new Secret("sk-key-for-every-address"), headers: {} },
  ...{ model: "sim-small", maxPromptTokens: null, maxOutputTokens: null },
};

/** Has the CLI ask the model at an address: "answered", or the code of the failure. */
async function ask(baseUrl: string): Promise<string> {
  const id = randomUUID();
  let failure: string | null = null;
  let tell = (_outcome: string) => {};
  const told = new Promise<string>((resolveTold) => {
    tell = resolveTold;
  });
  try {
    const attachment = await server.attach({
      ...{ sessionId: id, cliSession: id, resume: false, model: null, earlier: null },
      access: { ...ACCESS, baseUrl },
      onSignal(signal) {
        if (signal.kind === "failed") failure = signal.code;
        if (signal.kind === "idle") tell(failure ?? "answered");
      },
    });
    attachment.lost.addEventListener("abort", () => tell("cli_server_lost"));
    await attachment.send("short", randomUUID());
    const outcome = await told;
    await attachment.detach();
    return outcome;
  } catch (error) {
    if (error instanceof CopilotError) return error.code;
    throw error;
  }
}

/** The addresses among these at which a model answered. */
async function answering(urls: readonly string[]): Promise<string[]> {
  const left = [...urls];
  const answered: string[] = [];
  const work = async () => {
    for (let url = left.shift(); url !== undefined; url = left.shift()) {
      if ((await ask(url)) === "answered") answered.push(url);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answered;
}

it(
  "addresses that are closed, 500 of them and in any spelling, are not called",
  async () => {
    for (const [name, addresses] of Object.entries(HOSTILE_NAMES)) names[name] = () => addresses;
    const hosts = [...HOSTILE_HOSTS, ...Object.keys(HOSTILE_NAMES)];
    const { port } = canary;
    const urls = new Set([
      ...hosts.map((host) => `http://${host}:${port}/v1`),
      // By a tunnel, and behind a name that looks like the host.
      ...spellingsOfV4("127.0.0.1").map((host) => `https://${host}:${port}/v1`),
      ...["127.0.0.1", "[::1]", "localhost"].map((host) => `http://api.openai.com@${host}:${port}/v1`),
    ]);
    expect(urls.size).toBeGreaterThan(500);
    expect(await answering([...urls])).toEqual([]);
    expect(canary.connections()).toBe(0);
    expect([...tunnelled]).toEqual([]);
    // It was the proxy that kept them away.
    expect(refusals).toBeGreaterThan(500);
  },
  ALL_MS,
);

it(
  "nor through a redirect of one that is open",
  async () => {
    names.localhost = () => ["127.0.0.1"];
    const hosts = [
      "127.0.0.1",
      "[::1]",
      "localhost",
      "2130706433",
      "0x7f.1",
      "[::ffff:127.0.0.1]",
      "127.1",
      "0",
    ];
    const urls = [301, 302, 303, 307, 308].flatMap((status) =>
      hosts.map((host) => {
        const location = encodeURIComponent(`http://${host}:${canary.port}/v1/chat/completions`);
        return `http://127.0.0.1:${sly.port}/${status}/${location}`;
      }),
    );
    expect(await answering(urls)).toEqual([]);
    expect(sly.connections()).toBeGreaterThanOrEqual(urls.length);
    expect(canary.connections()).toBe(0);
  },
  ALL_MS,
);

it(
  "nor by a name that leads elsewhere at each look",
  async () => {
    const rebound = Array.from({ length: 12 }, (_, n) => `rebound-${n}.example`);
    for (const [n, name] of rebound.entries()) {
      let looks = n;
      names[name] = () => {
        looks += 1;
        return looks % 2 === 0 ? ["140.82.121.4"] : ["127.0.0.1"];
      };
    }
    const urls = rebound.flatMap((name) => [`https://${name}/v1`, `http://${name}:${canary.port}/v1`]);
    expect(await answering(urls)).toEqual([]);
    expect(canary.connections()).toBe(0);
    expect([...tunnelled]).toEqual(["140.82.121.4:443"]);
  },
  ALL_MS,
);

it(
  "those that are open or public, 50 of them, are called",
  async () => {
    for (const name of OPEN_NAMES) names[name] = () => ["127.0.0.1"];
    const spelt = [
      ...spellingsOfV4("127.0.0.1").slice(0, 12),
      "[::ffff:127.0.0.1]",
      "GPU-0.example",
      "gpu-1.example.",
    ];
    const open = [...spelt, ...OPEN_NAMES].map((host) => `http://${host}:${models.port}/v1`);
    expect(open.length + PUBLIC.length).toBe(50);
    expect((await answering(open)).toSorted()).toEqual(open.toSorted());

    for (const [n, address] of PUBLIC.entries()) names[`api-${n}.example`] = () => [address];
    await answering(PUBLIC.map((_, n) => `https://api-${n}.example/v1`));
    const asked = PUBLIC.map((address) => (address.includes(":") ? `[${address}]:443` : `${address}:443`));
    expect([...tunnelled].toSorted()).toEqual(asked.toSorted());
    expect(refusals).toBe(0);
  },
  ALL_MS,
);

it("and a call that was let through would have been heard", async () => {
  names["heard.example"] = () => ["127.0.0.1"];
  await ask(`http://heard.example:${canary.port}/v1`);
  expect(canary.connections()).toBeGreaterThan(0);
});
