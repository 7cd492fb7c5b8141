import { randomBytes } from "node:crypto";
import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type GithubSimulator, startGithubSimulator } from "@/e2e/simulators/github-simulator";
import { AppError } from "@/lib/errors/app-error";
import { createCrypto } from "@/server/crypto/crypto";
import { createDb, type Db } from "@/server/db/client";
import { createGithub } from "@/server/github/github";
import type { Clock } from "@/server/platform/clock";
import { systemClock } from "@/server/platform/clock";
import type { EncryptionKey } from "@/server/platform/encryption-keys";
import type { OwnerId } from "@/server/platform/scope";
import { Secret } from "@/server/platform/secret";
import { createPerson, createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { createCredentials } from "./service";
import { type CredentialStore, createCredentialStore } from "./store";
import type { Credentials, IdentityMode } from "./types";

const HOUR_MS = 3_600_000;
const oldKey: EncryptionKey = { id: "k1", bytes: new Uint8Array(randomBytes(32)) };
const newKey: EncryptionKey = { id: "k2", bytes: new Uint8Array(randomBytes(32)) };
const plain = (secret: Secret) => secret.use((value) => value);

let simulator: GithubSimulator;
let database: TestDatabase;
let otherPool: Db;
let owner: OwnerId;
let aheadMs = 0;
let noted: string[] = [];

const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + aheadMs) };
const log = pino({ level: "silent" });

type Keys = [EncryptionKey, ...EncryptionKey[]];

/** GitHub's adapter of one process. */
const githubOf = () =>
  createGithub({
    env: {
      GITHUB_URL: simulator.url,
      GITHUB_CLIENT_ID: simulator.client.clientId,
      GITHUB_CLIENT_SECRET: simulator.client.clientSecret,
    },
    clock,
  });

/** What one process of the app holds. */
function process(
  db: Db,
  options: { keys?: Keys; store?: CredentialStore; identityMode?: IdentityMode } = {},
): Credentials {
  const { keys = [oldKey], store = createCredentialStore(db), identityMode = "user" } = options;
  const uses = { note: (who: OwnerId, kind: string) => noted.push(`${who} ${kind}`) };
  const crypto = createCrypto(keys);
  return createCredentials({ store, crypto, github: githubOf(), uses, identityMode, clock, log });
}

const codeOf = async (promise: Promise<unknown>) => {
  const thrown = await promise.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw thrown;
  return thrown.code;
};
const tokenCalls = () =>
  simulator.log.since().filter(({ path }) => path === "/login/oauth/access_token").length;

/** A pair of expiring tokens by the web flow, without a browser. */
async function signIn(login: string) {
  const redirect_uri = "http://127.0.0.1:9/callback";
  const query = new URLSearchParams({ client_id: simulator.client.clientId, redirect_uri, login });
  const approved = await fetch(`${simulator.url}/login/oauth/authorize?${query}`, { redirect: "manual" });
  const code = new URL(approved.headers.get("location") ?? "").searchParams.get("code") ?? "";
  const answer = await githubOf().exchangeCode({ code, codeVerifier: undefined, redirectUri: redirect_uri });
  if (!answer.ok) throw new Error("sign-in refused");
  simulator.log.clear();
  return answer.tokens;
}

beforeAll(async () => {
  simulator = await startGithubSimulator();
  database = await createTestDatabase();
  otherPool = createDb(database.url);
});
afterAll(async () => {
  await otherPool?.$disconnect();
  await database?.[Symbol.asyncDispose]();
  await simulator?.close();
});
beforeEach(async () => {
  noted = [];
  simulator.control({ reset: true, tokenMode: "expiring" });
  owner = await createPerson(database.db, `person-${randomBytes(4).toString("hex")}`);
});
afterEach(() => {
  aheadMs = 0;
});

describe("an expiring token", () => {
  it("is refreshed once for 50 callers in two processes", async () => {
    const [here, there] = [process(database.db), process(otherPool)];
    const tokens = await signIn("mona");
    await here.store(owner, tokens);
    // Both processes have connections, and GitHub takes long enough for all callers to meet.
    const warm = (db: Db) =>
      Promise.all(Array.from({ length: 20 }, () => db.$queryRaw`SELECT pg_sleep(0.05)::text`));
    await Promise.all([warm(database.db), warm(otherPool)]);
    simulator.control({ latencyMs: 400 });
    aheadMs = 9 * HOUR_MS;

    const calls = Array.from({ length: 50 }, (_, index) => (index % 2 ? here : there).accessToken(owner));
    const answers = new Set((await Promise.all(calls)).map(plain));

    expect(tokenCalls()).toBe(1);
    expect(answers.size).toBe(1);
    expect(answers.has(plain(tokens.accessToken))).toBe(false);
    expect(plain(await here.accessToken(owner))).toBe([...answers][0]);
    expect(tokenCalls()).toBe(1);
  });

  it("takes one connection of the pool for all callers of a process", async () => {
    const store = createCredentialStore(database.db);
    let transactions = 0;
    const locked: typeof store.locked = (...args) => {
      transactions += 1;
      return store.locked(...args);
    };
    const credentials = process(database.db, { store: { ...store, locked } });
    await credentials.store(owner, await signIn("mona"));
    simulator.control({ latencyMs: 400 });
    aheadMs = 9 * HOUR_MS;
    await Promise.all(Array.from({ length: 50 }, () => credentials.accessToken(owner)));
    expect(transactions).toBe(1);
    expect(tokenCalls()).toBe(1);
  });

  it("is sealed in the database, before and after a refresh, and with the newest key afterwards", async () => {
    const tokens = await signIn("mona");
    await process(database.db, { keys: [oldKey] }).store(owner, tokens);
    const before = await database.db.githubCredential.findUniqueOrThrow({ where: { userId: owner } });
    expect(before.accessToken).toMatch(/^fd1\.k1\./);

    aheadMs = 8 * HOUR_MS;
    const rotated = process(database.db, { keys: [newKey, oldKey] });
    const token = plain(await rotated.accessToken(owner));
    const after = await database.db.githubCredential.findUniqueOrThrow({ where: { userId: owner } });
    expect(after.accessToken).toMatch(/^fd1\.k2\./);
    expect(after.refreshToken).toMatch(/^fd1\.k2\./);
    expect(after.version).toBe(before.version + 1);
    expect(plain(await process(otherPool, { keys: [newKey] }).accessToken(owner))).toBe(token);
    const rows = JSON.stringify([before, after]);
    for (const secret of [plain(tokens.accessToken), token]) expect(rows).not.toContain(secret);
    expect(rows).not.toMatch(/gh[our]_/);
  });

  it("requires a new sign-in where GitHub refuses the refresh, and says so without asking again", async () => {
    const credentials = process(database.db);
    await credentials.store(owner, await signIn("mona"));
    simulator.control({ revokeLogin: "mona" });
    aheadMs = 9 * HOUR_MS;
    expect(await codeOf(credentials.accessToken(owner))).toBe("github_sign_in_required");
    expect(await codeOf(credentials.accessToken(owner))).toBe("github_sign_in_required");
    expect(tokenCalls()).toBe(1);
    expect(await credentials.status(owner)).toBe("sign_in_required");

    await credentials.store(owner, await signIn("mona"));
    expect(await credentials.status(owner)).toBe("active");
  });

  it("stays as it is while GitHub is down, and is refreshed once GitHub is back", async () => {
    const credentials = process(database.db);
    await credentials.store(owner, await signIn("mona"));
    const before = await database.db.githubCredential.findUnique({ where: { userId: owner } });
    aheadMs = 9 * HOUR_MS;
    simulator.control({ down: true });
    expect(await codeOf(credentials.accessToken(owner))).toBe("github_unavailable");
    expect(await database.db.githubCredential.findUnique({ where: { userId: owner } })).toEqual(before);
    expect(await credentials.status(owner)).toBe("active");
    simulator.control({ down: false });
    expect(plain(await credentials.accessToken(owner))).toMatch(/^ghu_/);
  });

  it("is used while it is valid where GitHub is down", async () => {
    const credentials = process(database.db);
    const tokens = await signIn("mona");
    await credentials.store(owner, tokens);
    aheadMs = 8 * HOUR_MS - 5 * 60_000;
    simulator.control({ down: true });
    expect(plain(await credentials.accessToken(owner))).toBe(plain(tokens.accessToken));
    expect(tokenCalls()).toBe(1);
  });

  it("is not waited for without end while another process holds its row", async () => {
    await process(database.db).store(owner, await signIn("mona"));
    aheadMs = 9 * HOUR_MS;
    const impatient = process(otherPool, { store: createCredentialStore(otherPool, { rowLockWaitMs: 200 }) });
    await database.db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM "GithubCredential" WHERE "userId" = ${owner}::uuid FOR UPDATE`;
      expect(await codeOf(impatient.accessToken(owner))).toBe("github_unavailable");
    });
    expect(tokenCalls()).toBe(0);
    expect(plain(await impatient.accessToken(owner))).toMatch(/^ghu_/);
  });

  it("ends in a sign-in, never in somebody else's token, where the answer of a refresh was lost", async () => {
    const credentials = process(database.db);
    const tokens = await signIn("mona");
    await credentials.store(owner, tokens);
    await tokens.refreshToken?.use((value) =>
      fetch(`${simulator.url}/login/oauth/access_token`, {
        method: "POST",
        body: new URLSearchParams({
          client_id: simulator.client.clientId,
          client_secret: simulator.client.clientSecret,
          grant_type: "refresh_token",
          refresh_token: value,
        }),
      }),
    );
    aheadMs = 9 * HOUR_MS;
    expect(await codeOf(credentials.accessToken(owner))).toBe("github_sign_in_required");
  });
});

describe("a token GitHub refused", () => {
  it("is not handed out again", async () => {
    const credentials = process(database.db);
    const tokens = await signIn("mona");
    await credentials.store(owner, tokens);
    await credentials.reject(owner, tokens.accessToken);
    expect(await credentials.status(owner)).toBe("sign_in_required");
    expect(await codeOf(credentials.accessToken(owner))).toBe("github_sign_in_required");
  });

  it("does not take down the token that replaced it", async () => {
    const credentials = process(database.db);
    const first = await signIn("mona");
    await credentials.store(owner, first);
    const second = await signIn("mona");
    await credentials.store(owner, second);
    await credentials.reject(owner, first.accessToken);
    expect(plain(await credentials.accessToken(owner))).toBe(plain(second.accessToken));
  });

  it("loses against a replacement between reading and writing", async () => {
    const store = createCredentialStore(database.db);
    const credentials = process(database.db);
    await credentials.store(owner, await signIn("mona"));
    const read = await store.find(owner);
    await credentials.store(owner, await signIn("mona"));
    expect(await store.reject(owner, read?.version ?? 0)).toBe(false);
    expect(await credentials.status(owner)).toBe("active");
  });
});

describe("a person", () => {
  it("without a credential has to sign in", async () => {
    const credentials = process(database.db);
    expect(await credentials.status(owner)).toBe("sign_in_required");
    expect(await codeOf(credentials.accessToken(owner))).toBe("github_sign_in_required");
    await credentials.reject(owner, new Secret("gho_x"));
  });

  it("gets no token out of another person's row", async () => {
    const credentials = process(database.db);
    const other = await createPerson(database.db, `other-${randomBytes(4).toString("hex")}`);
    await credentials.store(owner, await signIn("mona"));
    await credentials.store(other, await signIn("hubot"));
    const stolen = await database.db.githubCredential.findUniqueOrThrow({ where: { userId: owner } });
    await database.db.githubCredential.update({
      where: { userId: other },
      data: { accessToken: stolen.accessToken },
    });
    expect(await codeOf(credentials.accessToken(other))).toBe("github_sign_in_required");
  });

  it("has to sign in again where the key is gone, and keeps the row for when it is back", async () => {
    await process(database.db, { keys: [oldKey] }).store(owner, await signIn("mona"));
    expect(await codeOf(process(database.db, { keys: [newKey] }).accessToken(owner))).toBe(
      "github_sign_in_required",
    );
    expect(plain(await process(database.db, { keys: [newKey, oldKey] }).accessToken(owner))).toMatch(/^ghu_/);
  });
});

it("the use of a token is noted where it is handed out for Copilot, and nowhere else", async () => {
  const credentials = process(database.db);
  await expect(credentials.accessToken(owner)).rejects.toMatchObject({ code: "github_sign_in_required" });
  await credentials.store(owner, {
    ...{ accessToken: new Secret("gho_x"), refreshToken: null, scope: null },
    ...{ accessExpiresAt: null, refreshExpiresAt: null },
  });
  await credentials.accessToken(owner, "membership");
  expect(noted).toEqual([]);
  await credentials.accessToken(owner);
  expect(noted).toEqual([`${owner} github_user`]);
});

describe("the identity for Copilot", () => {
  it("is the person's own token, and nothing where there is none", async () => {
    const credentials = process(database.db);
    expect(await codeOf(credentials.copilotIdentity(owner))).toBe("github_sign_in_required");
    expect(noted).toEqual([]);
    await credentials.store(owner, {
      ...{ accessToken: new Secret("gho_own"), refreshToken: null, scope: null },
      ...{ accessExpiresAt: null, refreshExpiresAt: null },
    });
    const identity = await credentials.copilotIdentity(owner);
    expect(identity.kind === "user" && plain(identity.token)).toBe("gho_own");
    expect(noted).toEqual([`${owner} github_user`]);
  });

  it("is the servers' for everybody where the operator chose that, whether or not a person has a token", async () => {
    const credentials = process(database.db, { identityMode: "service" });
    expect(await credentials.copilotIdentity(owner)).toEqual({ kind: "service" });
    expect(noted).toEqual([`${owner} github_service`]);
  });
});
