import { createHash, timingSafeEqual } from "node:crypto";
import { AppError } from "@/lib/errors/app-error";
import type { Crypto } from "@/server/crypto/crypto";
import type { Github } from "@/server/github/types";
import type { Clock } from "@/server/platform/clock";
import type { Log } from "@/server/platform/log";
import type { OwnerId } from "@/server/platform/scope";
import type { Secret } from "@/server/platform/secret";
import { tokenState } from "./rules";
import { createSlots } from "./slots";
import type { CredentialStore, LockedDecision, SealedTokens, StoredCredential } from "./store";
import { REFRESHES_AT_ONCE_MAX } from "./tunables";
import type { Credentials, GithubTokens, IdentityMode, TokenUses } from "./types";

type Options = {
  store: CredentialStore;
  crypto: Crypto;
  github: Pick<Github, "refresh">;
  uses: TokenUses;
  identityMode: IdentityMode;
  clock: Clock;
  log: Log;
};

type Refreshed = { token: Secret } | "sign_in";

const signInRequired = (cause?: unknown) => new AppError("github_sign_in_required", { cause });
const timesOf = (row: StoredCredential | null) => row && { ...row, refreshable: row.refreshToken !== null };
const digest = (secret: Secret) => secret.use((value) => createHash("sha256").update(value).digest());
const isSame = (one: Secret, other: Secret) => timingSafeEqual(digest(one), digest(other));

/** People's GitHub tokens: sealed at rest, refreshed in time. See `Credentials` for what each call guarantees.
 *
 *  A refresh happens once, however many callers ask: callers of one process share one attempt, and processes
 *  queue on the row's lock and look again once they have it. Every token is sealed anew with the newest key then.
 *
 *  What cannot be helped: GitHub ends the old pair of tokens when it answers a refresh. Where that answer is lost
 *  (this process or the database dies before the commit), no valid token is left anywhere; the next refresh is
 *  refused, and the person has to sign in again. */
export function createCredentials(options: Options): Credentials {
  const { store, crypto, github, uses, identityMode, clock, log } = options;
  const flights = new Map<OwnerId, Promise<Secret>>();
  const inSlot = createSlots(REFRESHES_AT_ONCE_MAX);

  const seal = (owner: string, tokens: GithubTokens): SealedTokens => ({
    accessToken: crypto.seal(tokens.accessToken, { userId: owner, column: "accessToken" }),
    refreshToken:
      tokens.refreshToken && crypto.seal(tokens.refreshToken, { userId: owner, column: "refreshToken" }),
    accessExpiresAt: tokens.accessExpiresAt,
    refreshExpiresAt: tokens.refreshExpiresAt,
    scope: tokens.scope,
    updatedAt: clock.now(),
  });

  function open(owner: OwnerId, column: "accessToken" | "refreshToken", sealed: string): Secret {
    try {
      return crypto.open(sealed, { userId: owner, column });
    } catch (cause) {
      // The row stays as it is: giving the key back makes it readable again.
      log.error({ userId: owner, column, err: cause }, "stored token cannot be opened");
      throw signInRequired(cause);
    }
  }

  /** Runs under the row's lock. */
  async function refreshRow(
    owner: OwnerId,
    row: StoredCredential | null,
    seen: number,
  ): Promise<LockedDecision<Refreshed>> {
    const state = tokenState(timesOf(row), clock.now());
    if (!row || state.next === "sign_in")
      return { change: row?.status === "active" ? "reject" : null, answer: "sign_in" };
    // Somebody else refreshed it, or the person signed in again, while we waited for the lock.
    const isReplaced = state.next === "refresh" && state.usableMeanwhile && row.version !== seen;
    if (state.next === "use" || isReplaced || !row.refreshToken) {
      return { change: null, answer: { token: open(owner, "accessToken", row.accessToken) } };
    }
    const answer = await github.refresh(open(owner, "refreshToken", row.refreshToken));
    if (!answer.ok) return { change: "reject", answer: "sign_in" };
    return { change: seal(owner, answer.tokens), answer: { token: answer.tokens.accessToken } };
  }

  async function refresh(owner: OwnerId, seen: number): Promise<Secret> {
    const startedAt = clock.monotonicMs();
    const refreshed = await inSlot(() => store.locked(owner, (row) => refreshRow(owner, row, seen)));
    const fields = { userId: owner, durationMs: Math.round(clock.monotonicMs() - startedAt) };
    if (refreshed === "busy") {
      log.warn({ ...fields, outcome: "busy" }, "github token refresh");
      throw new AppError("github_unavailable");
    }
    log.info(
      { ...fields, outcome: refreshed === "sign_in" ? "sign_in_required" : "refreshed" },
      "github token refresh",
    );
    if (refreshed === "sign_in") throw signInRequired();
    return refreshed.token;
  }

  function refreshOnce(owner: OwnerId, seen: number): Promise<Secret> {
    const running = flights.get(owner);
    if (running) return running;
    const flight = refresh(owner, seen).finally(() => flights.delete(owner));
    flights.set(owner, flight);
    return flight;
  }

  async function validToken(owner: OwnerId): Promise<Secret> {
    const row = await store.find(owner);
    const state = tokenState(timesOf(row), clock.now());
    if (!row || state.next === "sign_in") throw signInRequired();
    if (state.next === "use") return open(owner, "accessToken", row.accessToken);
    try {
      return await refreshOnce(owner, row.version);
    } catch (error) {
      const isDown = error instanceof AppError && error.code === "github_unavailable";
      if (!isDown || !state.usableMeanwhile) throw error;
      log.warn({ userId: owner, err: error }, "github token not refreshed; the old one is still valid");
      return open(owner, "accessToken", row.accessToken);
    }
  }

  const accessToken: Credentials["accessToken"] = async (owner, use = "copilot") => {
    const token = await validToken(owner);
    if (use === "copilot") uses.note(owner, "github_user");
    return token;
  };

  return {
    identityMode,

    forget: (owner) => store.remove(owner),

    // Called with the id of a person who just completed a sign-in.
    store: (userId, tokens) => store.replace(userId as OwnerId, seal(userId, tokens)),

    accessToken,

    async copilotIdentity(owner) {
      if (identityMode === "user") return { kind: "user", token: await accessToken(owner) };
      uses.note(owner, "github_service");
      return { kind: "service" };
    },

    async reject(owner, refused) {
      const row = await store.find(owner);
      if (row?.status !== "active") return;
      const current = open(owner, "accessToken", row.accessToken);
      if (!isSame(current, refused)) return;
      const won = await store.reject(owner, row.version);
      if (won) log.warn({ userId: owner }, "github refused a token; sign-in required");
    },

    async status(owner) {
      const row = await store.find(owner);
      return tokenState(timesOf(row), clock.now()).next === "sign_in" ? "sign_in_required" : "active";
    },
  };
}
