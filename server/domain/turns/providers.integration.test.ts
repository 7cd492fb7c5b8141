import { beforeEach, describe, expect, it } from "vitest";
import type { CreateProviderInput, Provider } from "@/lib/contracts/providers";
import { AppError } from "@/lib/errors/app-error";
import { providerModelId } from "@/lib/provider-model";
import { OneSession } from "@/tests/support/one-session";
import { startTestProcess } from "@/tests/support/process";

const one = new OneSession(["cli-1", "cli-2"]);
const INPUT: CreateProviderInput = {
  ...{ name: "Mine", kind: "compatible", wireApi: "completions", baseUrl: "https://models.example/v1" },
  ...{ azureApiVersion: null, key: "the-key-of-mona", headers: [], disabled: false },
  models: ["m", "n"].map((id) => ({ id, name: null, maxPromptTokens: null, maxOutputTokens: null })),
};

let provider: Provider;
beforeEach(async () => {
  provider = await one.app.providers.own.create(one.mona, INPUT);
});

const pick = (model: string) => one.app.sessions.update(one.mona, { sessionId: one.sessionId, model });
const pickProviders = (model = "m") => pick(providerModelId(provider.id, model));
const calls = () =>
  one.cli.calls
    .filter(
      ({ method, sessionId }) => method !== "detach" && (method === "fork" || sessionId === one.sessionId),
    )
    .map(({ method, token }) => `${method} ${token}`.trim());
const MINE = (model = "m", key = INPUT.key) => `${provider.id} ${model} ${key}`;
const succeeded = { outcome: "succeeded" };

describe("a session on a provider's model", () => {
  it("asks with the provider alone, and needs nothing of GitHub", async () => {
    one.app.credentials.failure = new AppError("github_sign_in_required");
    await pickProviders();
    const events = await one.ended(await one.send());
    expect(events.at(-1)?.data).toEqual(succeeded);
    expect(calls()).toEqual([`attach ${MINE()}`, `send ${MINE()}`]);
    const started = events.find(({ type }) => type === "turn.started");
    expect(started?.data).toEqual({ model: providerModelId(provider.id, "m"), identity: "provider" });
  });

  it("keeps its place for the next prompt", async () => {
    await pickProviders();
    await one.ended(await one.send());
    await one.ended(await one.send());
    expect(calls()).toEqual([`attach ${MINE()}`, `send ${MINE()}`, `send ${MINE()}`]);
  });

  it("goes on with Copilot, and back, in copies that nobody has in memory with something else", async () => {
    one.app.credentials.tokens.set(one.mona.ownerId, "gho_mona");
    await one.ended(await one.send("one"));
    await pickProviders();
    await one.ended(await one.send("two"));
    await pick("alpha");
    const events = await one.ended(await one.send("three"));
    expect(calls()).toEqual([
      ...["attach gho_mona", "send gho_mona"],
      ...["fork", `attach ${MINE()}`, `send ${MINE()}`],
      ...["fork", "attach gho_mona", "send gho_mona"],
    ]);
    expect(one.cli.attachments(one.sessionId)).toBe(1);
    expect(events.filter(({ type }) => type === "turn.notice" || type === "session.moved")).toEqual([]);
  });

  it.each([
    ["another model of it", () => pickProviders("n"), () => MINE("n")],
    [
      "another key",
      async () => {
        const { key: _, headers: __, ...fields } = INPUT;
        const same = { ...fields, providerId: provider.id, version: provider.version, headers: [] };
        await one.app.providers.own.update(one.mona, { ...same, key: "another-key-of-mona" });
      },
      () => MINE("m", "another-key-of-mona"),
    ],
  ])("attaches anew for %s", async (_, change, identity) => {
    await pickProviders();
    await one.ended(await one.send());
    await change();
    await one.ended(await one.send());
    expect(calls().slice(-3)).toEqual(["fork", `attach ${identity()}`, `send ${identity()}`]);
  });

  it("goes on with its provider where the CLI server dies", async () => {
    await pickProviders();
    const turn = await one.running();
    one.cli.die();
    expect((await one.ended(turn.turnId)).at(-1)?.data).toEqual(succeeded);
    const next = one.pool.servers[1]?.calls.filter(({ method }) => method === "attach" || method === "send");
    expect(next?.map(({ token }) => token)).toEqual([MINE(), MINE()]);
  });

  it("has no standby, which would hold it without what it asks with", async () => {
    await using other = startTestProcess(one.database, one.pool);
    await one.app.known(1);
    await one.ended(await one.send());
    const standby = async () =>
      (await one.database.db.sessionHead.findUniqueOrThrow({ where: { sessionId: one.sessionId } })).standby;
    expect(await standby()).toBe(other.id);
    await pickProviders();
    await one.ended(await one.send());
    expect(await standby()).toBeNull();
    await expect.poll(() => one.cli.attachments(one.sessionId)).toBe(1);
  });

  it("gets no standby either from a process that comes while it is being answered", async () => {
    await pickProviders();
    const turn = await one.running();
    await using other = startTestProcess(one.database, one.pool);
    await Promise.all([one.app.known(1), other.known(1)]);
    turn.emit({ kind: "idle", aborted: false });
    expect(await one.endOf(turn.turnId)).toEqual(succeeded);
    const { standby } = await one.database.db.sessionHead.findUniqueOrThrow({
      where: { sessionId: one.sessionId },
    });
    expect(standby).toBeNull();
    expect(one.cli.attachments(one.sessionId)).toBe(1);
  });
});

describe("a provider that is not there any more", () => {
  it.each([
    ["removed", () => one.app.providers.own.delete(one.mona, provider.id)],
    [
      "switched off",
      () => one.database.db.provider.update({ where: { id: provider.id }, data: { disabled: true } }),
    ],
  ])(
    "because it was %s ends the turn before anything reaches a CLI, and lets go of the key",
    async (_, take) => {
      await pickProviders();
      await one.ended(await one.send());
      await take();
      const before = one.cli.calls.filter(({ method }) => method !== "detach").length;
      const turnId = await one.send("keep me");
      expect(await one.endOf(turnId)).toMatchObject({ outcome: "failed", code: "provider_not_available" });
      await expect.poll(() => one.cli.attached()).toEqual([]);
      expect(one.cli.calls.filter(({ method }) => method !== "detach")).toHaveLength(before);
      await pick("alpha");
      expect(await one.endOf((await one.app.turns.retry(one.mona, turnId)).turnId)).toEqual(succeeded);
    },
  );

  it("is never replaced by the owner's own token", async () => {
    await pick(providerModelId(provider.id, "unknown"));
    expect(await one.endOf(await one.send())).toMatchObject({ code: "provider_not_available" });
    expect(one.cli.calls).toEqual([]);
  });
});

it("a key that is refused is the provider's matter: the person's GitHub token stays good", async () => {
  await pickProviders();
  const turn = await one.running();
  turn.emit({ kind: "failed", code: "provider_rejected_key", detail: "" }, { kind: "idle", aborted: false });
  expect(await one.endOf(turn.turnId)).toMatchObject({ outcome: "failed", code: "provider_rejected_key" });
  expect(one.app.credentials.rejected).toEqual([]);
  await expect.poll(() => one.cli.attached()).toEqual([]);
});

describe("with one identity for everybody", () => {
  it("sessions ask with the server's own, say so, and no token of a person is touched", async () => {
    await using app = startTestProcess(one.database, one.pool, { identityMode: "service" });
    app.credentials.failure = new AppError("github_sign_in_required");
    const { id: sessionId } = await app.sessions.create(one.mona, {});
    const { turnId } = await app.turns.send(one.mona, { sessionId, prompt: "x", idempotencyKey: "k" });
    await expect.poll(async () => (await app.turns.get(one.mona, turnId)).status).toBe("succeeded");
    const { events } = await app.sessions.events(one.mona, { sessionId, afterSeq: 0, limit: 100 });
    expect(events.find(({ type }) => type === "turn.started")?.data).toEqual({
      model: null,
      identity: "service",
    });
    const asked = one.pool.servers
      .flatMap((server) => server.calls)
      .filter((call) => call.sessionId === sessionId);
    // Who only stands by brings nothing.
    expect(new Set(asked.map(({ token }) => token).filter(Boolean))).toEqual(new Set(["service"]));
  });

  it("an identity that GitHub refuses is nobody's own", async () => {
    await using app = startTestProcess(one.database, one.pool, { identityMode: "service" });
    one.cli.autoAnswer = false;
    const { id: sessionId } = await app.sessions.create(one.mona, {});
    const { turnId } = await app.turns.send(one.mona, { sessionId, prompt: "x", idempotencyKey: "k" });
    const prompted = await one.cli.prompted();
    prompted.emit(
      { kind: "failed", code: "service_identity_refused", detail: "" },
      { kind: "idle", aborted: false },
    );
    await expect
      .poll(async () => (await app.turns.get(one.mona, turnId)).code)
      .toBe("service_identity_refused");
    expect(app.credentials.rejected).toEqual([]);
  });
});
