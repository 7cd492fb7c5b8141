import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors/app-error";
import type { WireEvent } from "@/lib/events/wire";
import { startTestCopilot, type TestCopilot } from "@/tests/support/copilot";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { startTestFlightdeck } from "@/tests/support/flightdeck";

let copilot: TestCopilot;
let database: TestDatabase;

// A CLI server that has a GitHub identity of its own, which it takes for every session that brings none.
beforeAll(async () => {
  [copilot, database] = await Promise.all([startTestCopilot({ ownIdentity: "hubot" }), createTestDatabase()]);
});
afterAll(async () => {
  await copilot?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});
beforeEach(() => copilot.github.log.clear());

const ended = (events: WireEvent[]) => events.findLast(({ type }) => type === "turn.ended")?.data;
const askers = () =>
  new Set(
    copilot.github.log
      .since(0)
      .flatMap(({ promptText, tokenLogin }) => (promptText === undefined ? [] : [tokenLogin])),
  );

describe("a CLI server with an identity of its own", () => {
  it("is asked by a session with its owner's token, and by none without", async () => {
    await using app = await startTestFlightdeck(database, copilot);
    const mona = await app.person("mona");
    const { id } = await app.sessions.create(mona, {});
    expect(ended(await app.converse(mona, id, "short"))).toEqual({ outcome: "succeeded" });
    expect(askers()).toEqual(new Set(["mona"]));

    copilot.github.log.clear();
    await using signedOut = await startTestFlightdeck(database, copilot, {
      noToken: new AppError("github_sign_in_required"),
    });
    const session = await signedOut.sessions.create(mona, {});
    expect(ended(await signedOut.converse(mona, session.id, "short"))).toMatchObject({
      ...{ outcome: "failed", code: "github_sign_in_required" },
    });
    await expect(signedOut.fleet.models(mona)).rejects.toMatchObject({ code: "github_sign_in_required" });
    expect(copilot.github.log.since(0)).toEqual([]);
  });

  it("is asked under it by everybody where the operator chose that, and every turn says so", async () => {
    await using app = await startTestFlightdeck(database, copilot, { identityMode: "service" });
    const octocat = await app.person("octocat");
    const { id } = await app.sessions.create(octocat, {});
    const events = await app.converse(octocat, id, "short");
    expect(ended(events)).toEqual({ outcome: "succeeded" });
    expect(askers()).toEqual(new Set(["hubot"]));
    expect(events.find(({ type }) => type === "turn.started")?.data).toMatchObject({ identity: "service" });
    expect((await app.fleet.models(octocat)).models.length).toBeGreaterThan(2);
  });

  it("that GitHub refuses is not a person's matter", async () => {
    await using app = await startTestFlightdeck(database, copilot, { identityMode: "service" });
    const octocat = await app.person("octocat");
    const { id } = await app.sessions.create(octocat, {});
    expect(ended(await app.converse(octocat, id, "error 401"))).toMatchObject({
      code: "service_identity_refused",
    });
  });
});
