import pino from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CreateProviderInput, PROVIDERS_MAX, type UpdateProviderInput } from "@/lib/contracts/providers";
import { providerModelId } from "@/lib/provider-model";
import type { ProviderAccess } from "@/server/copilot/types";
import { randomIds } from "@/server/platform/ids";
import type { Actor } from "@/server/platform/scope";
import { Secret } from "@/server/platform/secret";
import { createManualClock } from "@/tests/fakes/clock";
import { createTestCrypto } from "@/tests/fakes/crypto";
import { createFakeEgress, type FakeEgress } from "@/tests/fakes/egress";
import { auditOf, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { createActor } from "@/tests/support/process";
import { createProviders } from "./service";
import { createProviderStore } from "./store";
import type { Providers } from "./types";

const KEY = "sk-this-is-the-key";
const HEADER = "the-value-of-a-header";
const INPUT: CreateProviderInput = {
  ...{ name: "Mine", kind: "compatible", wireApi: "completions", baseUrl: "https://models.example/v1" },
  ...{ azureApiVersion: null, key: KEY, disabled: false },
  headers: [{ name: "x-team", value: HEADER }],
  models: [{ id: "m", name: "Model M", maxPromptTokens: 8_000, maxOutputTokens: 500 }],
};

let database: TestDatabase;
let egress: FakeEgress;
let providers: Providers;
let mona: Actor;
let hubot: Actor;

/** The room of one process, with these keys. */
const roomWith = (...keys: [string, ...string[]]): Providers =>
  createProviders({
    store: createProviderStore(database.db, auditOf(database.db)),
    crypto: createTestCrypto(...keys),
    credentials: {
      copilotIdentity: async (owner) => ({ kind: "user", token: new Secret(`token of ${owner}`) }),
    },
    ...{ egress, ids: randomIds, clock: createManualClock(), log: pino({ level: "silent" }) },
  });

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.[Symbol.asyncDispose]());
beforeEach(async () => {
  await database.db.provider.deleteMany();
  egress = createFakeEgress();
  providers = roomWith("k1");
  [mona, hubot] = [await createActor(database), await createActor(database)];
});

const change = (
  provider: { id: string; version: number },
  part: Partial<UpdateProviderInput> = {},
): UpdateProviderInput => {
  const { key: _, headers: __, ...fields } = INPUT;
  return {
    ...fields,
    ...{ providerId: provider.id, version: provider.version, headers: [{ name: "x-team" }] },
    ...part,
  };
};
const plain = (secret: Secret | null | undefined) => secret?.use((value) => value);
async function accessTo(who: Actor, id: string, room = providers): Promise<ProviderAccess> {
  const access = await room.access(who.ownerId, providerModelId(id, "m"));
  if (access.kind !== "provider") throw new Error(`it is ${access.kind}`);
  return access;
}
const secretsOf = async (who: Actor, id: string, room = providers) => {
  const { key, headers } = await accessTo(who, id, room);
  return [plain(key), plain(headers["x-team"])];
};
const audited = async (id: string) =>
  (await database.db.auditEvent.findMany({ where: { targetId: id }, orderBy: { seq: "asc" } })).map(
    ({ action, actorName, result }) => `${action} by ${actorName} ${result}`,
  );

describe("secrets", () => {
  it("are in no answer, no row and no line of the audit log, and reach the one who asks the model", async () => {
    const created = await providers.own.create(mona, INPUT);
    const changed = await providers.own.update(mona, change(created, { name: "Ours" }));
    const list = await providers.own.list(mona);
    await providers.own.test(mona, { providerId: created.id, model: "m" });
    const rows = await database.db.provider.findMany();
    const lines = await database.db.auditEvent.findMany();
    const everything = JSON.stringify([
      created,
      changed,
      list,
      rows,
      lines,
      await providers.models(mona.ownerId),
    ]);
    for (const secret of [KEY, HEADER]) expect(everything).not.toContain(secret);
    expect(list.items).toMatchObject([{ name: "Ours", hasKey: true, headers: ["x-team"], version: 2 }]);
    expect(await secretsOf(mona, created.id)).toEqual([KEY, HEADER]);
  });

  it("stay where they are left out, go where that is asked, and are replaced where they are given", async () => {
    const created = await providers.own.create(mona, INPUT);
    const kept = await providers.own.update(mona, change(created));
    expect(await secretsOf(mona, created.id)).toEqual([KEY, HEADER]);
    const headers = [{ name: "x-team", value: "another value" }];
    const given = await providers.own.update(mona, change(kept, { key: "another-key-of-mine", headers }));
    expect(await secretsOf(mona, created.id)).toEqual(["another-key-of-mine", "another value"]);
    const gone = await providers.own.update(mona, change(given, { key: null, headers: [] }));
    expect(gone).toMatchObject({ hasKey: false, headers: [] });
    expect(await secretsOf(mona, created.id)).toEqual([undefined, undefined]);
  });

  it("are sent to no other server than the one they were given for", async () => {
    const created = await providers.own.create(mona, INPUT);
    const elsewhere = { baseUrl: "https://evil.example/v1" };
    for (const part of [elsewhere, { ...elsewhere, headers: [] }, { ...elsewhere, key: null }])
      await expect(providers.own.update(mona, change(created, part))).rejects.toMatchObject({
        code: "provider_secret_needed",
      });
    expect((await accessTo(mona, created.id)).baseUrl).toBe(INPUT.baseUrl);
    const anew = { ...elsewhere, key: "the-key-for-there", headers: [] };
    await providers.own.update(mona, change(created, anew));
    expect(await secretsOf(mona, created.id)).toEqual(["the-key-for-there", undefined]);
  });

  it("open for their own provider alone, also where somebody copies them in the database", async () => {
    const [one, other] = [await providers.own.create(mona, INPUT), await providers.own.create(hubot, INPUT)];
    const stolen = await database.db.provider.findUniqueOrThrow({ where: { id: one.id } });
    await database.db.provider.update({ where: { id: other.id }, data: { key: stolen.key } });
    await expect(accessTo(hubot, other.id)).rejects.toMatchObject({ code: "provider_not_available" });
  });

  it("are sealed anew with the newest key when they are used, and can be given again where the key is lost", async () => {
    const created = await providers.own.create(mona, INPUT);
    expect(await secretsOf(mona, created.id, roomWith("k2", "k1"))).toEqual([KEY, HEADER]);
    const row = await database.db.provider.findUniqueOrThrow({ where: { id: created.id } });
    expect([row.key, row.headers].map((sealed) => sealed?.split(".")[1])).toEqual(["k2", "k2"]);
    expect(row.version).toBe(created.version);

    const lost = roomWith("k3");
    await expect(accessTo(mona, created.id, lost)).rejects.toMatchObject({ code: "provider_not_available" });
    for (const ask of [
      () => lost.own.test(mona, { providerId: created.id, model: "m" }),
      () => lost.own.update(mona, change(created)),
    ])
      await expect(ask()).rejects.toMatchObject({ code: "provider_secret_needed" });
    const again = { key: "the-key-once-more", headers: [] };
    await lost.own.update(mona, change(created, again));
    expect(await secretsOf(mona, created.id, lost)).toEqual(["the-key-once-more", undefined]);
  });
});

describe("whose they are", () => {
  it("a person's own are theirs; everybody's can be used by all, and changed at their own desk alone", async () => {
    const own = await providers.own.create(mona, INPUT);
    const shared = await providers.shared.create(mona, { ...INPUT, name: "Acme" });
    expect((await providers.own.list(hubot)).items).toEqual([]);
    expect((await providers.own.list(mona)).items.map(({ id }) => id)).toEqual([own.id]);
    expect((await providers.shared.list(hubot)).items.map(({ id }) => id)).toEqual([shared.id]);
    for (const [desk, id] of [
      [providers.own, shared.id],
      [providers.shared, own.id],
    ] as const) {
      const notFound = { code: "provider_not_found" };
      await expect(desk.delete(mona, id)).rejects.toMatchObject(notFound);
      await expect(desk.update(mona, change({ id, version: 1 }))).rejects.toMatchObject(notFound);
      await expect(desk.test(mona, { providerId: id, model: "m" })).rejects.toMatchObject(notFound);
    }
    expect(await secretsOf(hubot, shared.id)).toEqual([KEY, HEADER]);
    await expect(accessTo(hubot, own.id)).rejects.toMatchObject({ code: "provider_not_available" });
  });

  it("their models stand with their names, one's own first; those that are switched off do not", async () => {
    const shared = await providers.shared.create(mona, { ...INPUT, name: "Acme" });
    const own = await providers.own.create(mona, INPUT);
    const off = await providers.own.create(mona, { ...INPUT, disabled: true });
    expect(await providers.models(mona.ownerId)).toMatchObject([
      { id: `provider:${own.id}/m`, name: "Model M", provider: { name: "Mine", shared: false } },
      { id: `provider:${shared.id}/m`, contextTokens: 8_000, provider: { name: "Acme", shared: true } },
    ]);
    expect(await providers.models(hubot.ownerId)).toHaveLength(1);
    await expect(accessTo(mona, off.id)).rejects.toMatchObject({ code: "provider_not_available" });
  });

  it("go with their owner", async () => {
    const own = await providers.own.create(mona, INPUT);
    await database.db.user.delete({ where: { id: mona.ownerId } });
    expect(await database.db.provider.count({ where: { id: own.id } })).toBe(0);
  });
});

describe("with what a session asks", () => {
  it("is the owner's own token for Copilot's models", async () => {
    for (const model of [null, "gpt-5", "auto"]) {
      const access = await providers.access(mona.ownerId, model);
      expect(access.kind === "user" && plain(access.token)).toBe(`token of ${mona.ownerId}`);
    }
  });

  it("is the provider, the model and its limits, and never something else where they are not there", async () => {
    const { id } = await providers.own.create(mona, INPUT);
    expect(await accessTo(mona, id)).toMatchObject({
      ...{ providerId: id, version: 1, type: "openai", wireApi: "completions", model: "m" },
      ...{ baseUrl: INPUT.baseUrl, maxPromptTokens: 8_000, maxOutputTokens: 500 },
    });
    const gone = [
      "provider:",
      "provider:x/m",
      `provider:${id}/other`,
      providerModelId(randomIds.uuid(), "m"),
    ];
    for (const model of gone)
      await expect(providers.access(mona.ownerId, model)).rejects.toMatchObject({
        code: "provider_not_available",
      });
    await providers.own.delete(mona, id);
    await expect(accessTo(mona, id)).rejects.toMatchObject({ code: "provider_not_available" });
  });

  it("is nothing while the address is closed, also where it was open once", async () => {
    const { id } = await providers.own.create(mona, INPUT);
    egress.closed.set(INPUT.baseUrl, "closed_address");
    await expect(accessTo(mona, id)).rejects.toMatchObject({ code: "address_closed" });
  });
});

describe("a change", () => {
  it("is refused where the address is closed, and nothing is stored", async () => {
    egress.closed.set("https://10.0.0.1", "closed_address");
    await expect(providers.own.create(mona, { ...INPUT, baseUrl: "https://10.0.0.1" })).rejects.toMatchObject(
      {
        ...{ code: "address_closed", details: { baseUrl: "closed_address" } },
      },
    );
    const created = await providers.own.create(mona, INPUT);
    const part = { baseUrl: "https://10.0.0.1", key: null, headers: [] };
    await expect(providers.own.update(mona, change(created, part))).rejects.toMatchObject({
      code: "address_closed",
    });
    expect((await providers.own.list(mona)).items).toMatchObject([{ baseUrl: INPUT.baseUrl, version: 1 }]);
  });

  it("of what somebody else changed meanwhile is refused", async () => {
    const created = await providers.shared.create(mona, INPUT);
    await providers.shared.update(mona, change(created, { name: "First" }));
    await expect(providers.shared.update(hubot, change(created, { name: "Second" }))).rejects.toMatchObject({
      code: "provider_changed",
    });
    expect((await providers.shared.list(mona)).items).toMatchObject([{ name: "First", version: 2 }]);
  });

  it("has its line in the audit log, and a refused one has none", async () => {
    const created = await providers.own.create(mona, INPUT);
    await providers.own.update(mona, change(created));
    await providers.own.update(mona, change(created)).catch(() => {});
    egress.answer = { state: "unreached", why: "dns" };
    await providers.own.test(mona, { providerId: created.id, model: "m" });
    await providers.own.delete(mona, created.id);
    const by = mona.login;
    expect(await audited(created.id)).toEqual([
      `provider.added by ${by} ok`,
      `provider.changed by ${by} ok`,
      `provider.tested by ${by} failed`,
      `provider.removed by ${by} ok`,
    ]);
  });

  it("is refused where there are as many as there may be", async () => {
    for (let n = 0; n < PROVIDERS_MAX; n += 1) await providers.own.create(mona, INPUT);
    await expect(providers.own.create(mona, INPUT)).rejects.toMatchObject({ code: "provider_limit" });
    await providers.own.create(hubot, INPUT);
  });
});

describe("a test", () => {
  it("asks the model as a session does, with the key, and says how long that took", async () => {
    const { id } = await providers.own.create(mona, INPUT);
    expect(await providers.own.test(mona, { providerId: id, model: "m" })).toEqual({
      ok: true,
      durationMs: 0,
    });
    const [call] = egress.calls;
    expect(call?.url).toBe("https://models.example/v1/chat/completions");
    const { authorization } = call?.headers ?? {};
    expect(authorization instanceof Secret && plain(authorization)).toBe(`Bearer ${KEY}`);
    expect(JSON.stringify(call)).not.toContain(KEY);
  });

  it("explains what went wrong", async () => {
    const { id } = await providers.own.create(mona, INPUT);
    egress.answer = { state: "answered", status: 401, body: `{"error":"bad key ${KEY}"}` };
    const result = await providers.own.test(mona, { providerId: id, model: "m" });
    expect(result).toMatchObject({ ok: false, reason: "key_refused", status: 401 });
    expect(JSON.stringify(result)).not.toContain(KEY);
    await expect(providers.own.test(mona, { providerId: id, model: "other" })).rejects.toMatchObject({
      code: "provider_not_found",
    });
  });
});
