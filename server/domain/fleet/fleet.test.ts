import pino from "pino";
import { describe, expect, it } from "vitest";
import type { Model } from "@/lib/contracts/models";
import { AppError } from "@/lib/errors/app-error";
import { CopilotError } from "@/server/copilot/errors";
import type { CopilotServer, ServerState } from "@/server/copilot/types";
import type { Actor, OwnerId } from "@/server/platform/scope";
import { Secret } from "@/server/platform/secret";
import { createTasks, type Tasks } from "@/server/platform/tasks";
import { createManualClock } from "@/tests/fakes/clock";
import { createFakePool } from "@/tests/fakes/copilot-pool";
import { createTestCrypto } from "@/tests/fakes/crypto";
import type { Credentials } from "../credentials/types";
import { pickServer, serversForTurns, toModelListError } from "./rules";
import { createFleet } from "./service";
import type { FleetStore } from "./store";
import {
  MODEL_LIST_TTL_MS,
  MODEL_LIST_WAIT_MS,
  MODEL_LISTS_MAX,
  RESTART_GRACE_MS,
  RESTART_LOOK_MS,
} from "./tunables";

const person = (name: string): Actor => ({
  kind: "user",
  ownerId: name as OwnerId,
  login: name,
  role: "user",
  address: null,
  token: null,
});

function setUp(defaultModel = "") {
  const clock = createManualClock();
  const pool = createFakePool("cli-1", "cli-2");
  const rejected: string[] = [];
  const credentials: Pick<Credentials, "copilotIdentity" | "reject"> = {
    copilotIdentity: async (owner) => ({ kind: "user", token: new Secret(`token of ${owner}`) }),
    reject: async (owner) => void rejected.push(owner),
  };
  const brought: Model[] = [];
  const log = pino({ level: "silent" });
  const drained = new Set<string>();
  const recorded: string[] = [];
  const turns = new Map<string, number>();
  const store: FleetStore = {
    servers: async () =>
      [...drained].map((id) => ({ id, draining: true, added: false, token: null, removedAt: null })),
    activeTurns: async () => turns,
    loads: async () => [],
    waitingTurns: async () => 0,
    add: async () => false,
    async setDraining(id, draining) {
      if (draining) drained.add(id);
      else drained.delete(id);
    },
    remove: async () => false,
    record: async ({ action }) => void recorded.push(action),
  };
  // Nobody else decides here, so nothing is looked for.
  const tasks = createTasks(log, clock);
  const quiet: Tasks = { ...tasks, run: (name, work) => void (name !== "fleet" && tasks.run(name, work)) };
  const fleet = createFleet({
    ...{ pool, store, credentials, clock, log, defaultModel },
    providers: { models: async () => brought },
    ...{ tasks: quiet, crypto: createTestCrypto(), turnsPerServer: 20 },
  });
  const asked = () => pool.first.calls.filter((call) => call.method === "models").map((call) => call.token);
  return { clock, pool, fleet, credentials, brought, rejected, asked, recorded, turns };
}

describe("the servers that may get new turns", () => {
  const ids = (...args: Parameters<typeof serversForTurns>) => serversForTurns(...args).map(({ id }) => id);
  const server = (id: string, state: ServerState, { load = 0, isSpare = false } = {}) =>
    ({ ...createFakePool(id).first, state: () => state, load: () => load, isSpare }) satisfies CopilotServer;

  it("are those that answer, the emptiest first; a spare or a quarantined one only where no other does", () => {
    const all = [
      server("full", "ready", { load: 2 }),
      server("empty", "ready"),
      server("spare", "ready", { isSpare: true }),
      server("flapping", "quarantined"),
      server("down", "down"),
    ];
    expect(ids(all, new Set())).toEqual(["empty", "full"]);
    expect(ids(all, new Set(["empty"]))).toEqual(["full"]);
    expect(ids(all.slice(2), new Set())).toEqual(["spare"]);
    expect(ids(all.slice(3), new Set())).toEqual(["flapping"]);
  });

  it("are all where none answers: a turn that is given to one waits for it, and then says so", () => {
    const all = [server("down", "down"), server("starting", "starting")];
    expect(ids(all, new Set())).toEqual(["down", "starting"]);
    expect(ids(all, new Set(["down", "starting"]))).toEqual(["down", "starting"]);
  });
});

describe("the server of a session", () => {
  it("is the one that holds its conversation, while it is ready", () => {
    const { pool } = setUp();
    const pick = (preferred: string | null) => pickServer(pool.servers, preferred)?.id;
    expect([pick("cli-2"), pick(null), pick("gone")]).toEqual(["cli-2", "cli-1", "cli-1"]);
    pool.servers[1]?.die();
    expect(pick("cli-2")).toBe("cli-1");
    pool.first.die();
    expect(pick("cli-2")).toBeUndefined();
  });

  it("is the least loaded one for a new session; a spare only where no other is ready, a quarantined one last", () => {
    const server = (id: string, state: ServerState, load: number, isSpare = false) =>
      ({ id, state: () => state, load: () => load, isSpare }) as CopilotServer;
    const flapping = server("flapping", "quarantined", 0);
    const spare = server("spare", "ready", 0, true);
    const servers = [
      flapping,
      spare,
      server("a", "ready", 2),
      server("b", "ready", 1),
      server("c", "down", 0),
    ];
    expect(pickServer(servers, null)?.id).toBe("b");
    expect(pickServer(servers, "flapping")?.id).toBe("b");
    expect(pickServer([flapping, spare], "flapping")?.id).toBe("spare");
    expect(pickServer([flapping], null)?.id).toBe("flapping");
    expect(pickServer(servers, "a", new Set(["a", "b"]))?.id).toBe("spare");
  });

  it("is never one that is draining", async () => {
    const { fleet } = setUp();
    const claim = async () => (await fleet.claim({ preferredId: "cli-1", waitMs: 0 })).id;
    await fleet.drain(person("mona"), "cli-1");
    expect([fleet.isDraining("cli-1"), await claim()]).toEqual([true, "cli-2"]);
    await fleet.resume(person("mona"), "cli-1");
    expect(await claim()).toBe("cli-1");
  });

  it("is waited for, and taken as soon as one is ready", async () => {
    const { pool, fleet, clock } = setUp();
    for (const server of pool.servers) server.die();
    expect(fleet.anyReady()).toBe(false);
    const claimed = fleet.claim({ preferredId: null, waitMs: 1_000 });
    await clock.advance(999);
    pool.servers[1]?.revive();
    expect((await claimed).id).toBe("cli-2");
    expect([fleet.anyReady(), clock.sleepers()]).toEqual([true, 0]);
  });

  it("that never comes is fleet_exhausted after the wait, not before", async () => {
    const { pool, fleet, clock } = setUp();
    for (const server of pool.servers) server.die();
    let failure: unknown;
    fleet.claim({ preferredId: null, waitMs: 1_000 }).catch((error: unknown) => (failure = error));
    await clock.advance(999);
    expect(failure).toBeUndefined();
    await clock.advance(1);
    expect(failure).toMatchObject({ code: "fleet_exhausted" });
  });

  it("is not waited for any more once nobody needs it", async () => {
    const { pool, fleet, clock } = setUp();
    for (const server of pool.servers) server.die();
    const over = new AbortController();
    const claimed = fleet.claim({ preferredId: null, waitMs: 1_000, signal: over.signal });
    over.abort();
    await expect(claimed).rejects.toMatchObject({ code: "fleet_exhausted" });
    expect(clock.sleepers()).toBe(0);
  });
});

describe("a supervised server that is restarted", () => {
  const restarting = async () => {
    const set = setUp();
    set.pool.first.supervise();
    set.turns.set("cli-1", 1);
    await set.fleet.restart(person("mona"), "cli-1");
    await set.clock.advance(RESTART_LOOK_MS);
    const row = async () => (await set.fleet.list()).servers.find(({ id }) => id === "cli-1");
    return { ...set, row };
  };

  it("gets nothing new, and is stopped once its turns have ended", async () => {
    const { fleet, pool, turns, clock, row } = await restarting();
    expect(await row()).toMatchObject({ restarting: true, draining: false, pid: 1 });
    expect((await fleet.claim({ preferredId: "cli-1", waitMs: 0 })).id).toBe("cli-2");
    expect(pool.first.restarts).toBe(0);
    turns.clear();
    await clock.advance(RESTART_LOOK_MS);
    expect(pool.first.restarts).toBe(1);
    pool.first.revive();
    expect(await row()).toMatchObject({ restarting: false });
    expect((await fleet.claim({ preferredId: "cli-1", waitMs: 0 })).id).toBe("cli-1");
  });

  it("does not wait longer than it may for a turn that goes on", async () => {
    const { pool, clock } = await restarting();
    await clock.advance(RESTART_GRACE_MS - 2 * RESTART_LOOK_MS);
    expect(pool.first.restarts).toBe(0);
    await clock.advance(2 * RESTART_LOOK_MS);
    expect(pool.first.restarts).toBe(1);
  });

  it("twice at once is restarted once", async () => {
    const { fleet, pool, turns, clock, recorded } = await restarting();
    await fleet.restart(person("mona"), "cli-1");
    turns.clear();
    await clock.advance(RESTART_GRACE_MS);
    expect([pool.first.restarts, recorded]).toEqual([1, ["server.restarted"]]);
  });

  it("is one that the app has started itself", async () => {
    const { fleet } = await restarting();
    const restart = (id: string) => fleet.restart(person("mona"), id);
    await expect(restart("cli-2")).rejects.toMatchObject({ code: "server_not_supervised" });
    await expect(restart("cli-3")).rejects.toMatchObject({ code: "server_not_found" });
    await expect(fleet.remove(person("mona"), "cli-1")).rejects.toMatchObject({ code: "server_supervised" });
  });
});

describe("a person's models", () => {
  it("are asked with that person's token, once for many callers, and again after a while", async () => {
    const { fleet, clock, asked } = setUp();
    await Promise.all([
      fleet.models(person("mona")),
      fleet.models(person("mona")),
      fleet.models(person("hubot")),
    ]);
    expect(asked().sort()).toEqual(["token of hubot", "token of mona"]);
    await clock.advance(MODEL_LIST_TTL_MS);
    await fleet.models(person("mona"));
    expect(asked()).toHaveLength(3);
  });

  it("name the configured default where it is offered, else the first", async () => {
    expect((await setUp("beta").fleet.models(person("mona"))).defaultModel).toBe("beta");
    expect((await setUp("unknown").fleet.models(person("mona"))).defaultModel).toBe("alpha");
  });

  it("that failed are asked again, not remembered", async () => {
    const { fleet, pool } = setUp();
    pool.first.refuse("models", new CopilotError("internal", "x"));
    await expect(fleet.models(person("mona"))).rejects.toMatchObject({ code: "github_unavailable" });
    expect((await fleet.models(person("mona"))).models).toHaveLength(2);
  });

  it("refused with the person's token: the token is given up", async () => {
    const { fleet, pool, rejected } = setUp();
    pool.first.refuse("models", new CopilotError("github_sign_in_required", "x"));
    await expect(fleet.models(person("mona"))).rejects.toMatchObject({ code: "github_sign_in_required" });
    expect(rejected).toEqual(["mona"]);
  });

  describe("beside those of providers", () => {
    const own: Model = {
      ...{ id: "provider:p/m", name: "m", contextTokens: null, multiplier: null },
      ...{ vision: false, reasoning: false, provider: { name: "mine", shared: false } },
    };

    it("are Copilot's first, and one of Copilot's is the default", async () => {
      const { fleet, brought } = setUp();
      brought.push(own);
      const list = await fleet.models(person("mona"));
      expect(list.models.map(({ id }) => id)).toEqual(["alpha", "beta", own.id]);
      expect([list.defaultModel, list.copilot]).toEqual(["alpha", null]);
      expect((await setUp(own.id).fleet.models(person("mona"))).defaultModel).toBe("alpha");
    });

    it("may be away: the others are there, with the reason, and none of them is taken for a default", async () => {
      const { fleet, brought, pool } = setUp();
      brought.push(own);
      pool.first.refuse("models", new CopilotError("copilot_not_licensed", "x"));
      expect(await fleet.models(person("mona"))).toEqual({
        models: [own],
        defaultModel: null,
        copilot: "copilot_not_licensed",
      });
    });

    it("are never remembered: what was removed is gone at once", async () => {
      const { fleet, brought } = setUp();
      brought.push(own);
      expect((await fleet.models(person("mona"))).models).toHaveLength(3);
      brought.pop();
      expect((await fleet.models(person("mona"))).models).toHaveLength(2);
    });
  });

  it("are fleet_exhausted where no server comes", async () => {
    const { fleet, pool, clock } = setUp();
    for (const server of pool.servers) server.die();
    let failure: unknown;
    fleet.models(person("mona")).catch((error: unknown) => (failure = error));
    await clock.advance(MODEL_LIST_WAIT_MS);
    expect(failure).toMatchObject({ code: "fleet_exhausted" });
  });

  it("are remembered for a bounded number of people", async () => {
    const { fleet, asked } = setUp();
    for (let n = 0; n <= MODEL_LISTS_MAX; n++) await fleet.models(person(`p${n}`));
    await fleet.models(person(`p${MODEL_LISTS_MAX}`));
    await fleet.models(person("p0"));
    expect(asked()).toHaveLength(MODEL_LISTS_MAX + 2);
  });
});

it.each([
  [new CopilotError("github_sign_in_required", ""), "github_sign_in_required"],
  [new CopilotError("copilot_not_licensed", ""), "copilot_not_licensed"],
  [new CopilotError("service_identity_refused", ""), "service_identity_refused"],
  [new CopilotError("cli_server_lost", ""), "fleet_exhausted"],
  [new CopilotError("rate_limited", ""), "github_unavailable"],
  [new Error("anything"), "github_unavailable"],
  ["a string", "github_unavailable"],
])("a model list that fails with %s is told as %s", (cause, code) => {
  const error = toModelListError(cause);
  expect(error).toBeInstanceOf(AppError);
  expect([error.code, error.cause]).toEqual([code, cause]);
});
