import { hasRole } from "@/lib/contracts/roles";
import { AppError } from "@/lib/errors/app-error";
import type { Crypto } from "@/server/crypto/crypto";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import type { Tasks } from "@/server/platform/tasks";
import { type Accounts, personTopic } from "../accounts/types";
import type { TokenUses } from "../credentials/types";
import type { Attempts } from "./attempts";
import { formatToken, hashOf, isWellFormed, prefixOf, SECRET_BYTES } from "./format";
import { createKnownTokens } from "./known-tokens";
import { judge } from "./rules";
import type { ApiTokenStore, StoredToken } from "./store";
import { USE_NOTE_MS } from "./tunables";
import type { ApiTokens } from "./types";

type Deps = {
  store: ApiTokenStore;
  accounts: Pick<Accounts, "actor">;
  attempts: Attempts;
  uses: TokenUses;
  crypto: Pick<Crypto, "random">;
  bell: Pick<Bell, "ring">;
  tasks: Pick<Tasks, "run">;
  clock: Clock;
};

const DAY_MS = 86_400_000;

/** API tokens: who calls with one, and what people do with theirs. See `ApiTokens` for what each call guarantees. */
export function createApiTokens(deps: Deps): ApiTokens {
  const { store, accounts, attempts, uses, crypto, bell, tasks, clock } = deps;
  const known = createKnownTokens();

  const actorOf = ({ id, ownerId, name, scopes, expiresAt }: StoredToken, address: string | null) =>
    accounts.actor(ownerId, { address, token: { id, name, scopes, expiresAt } });

  function noteUse({ id, ownerId }: StoredToken, address: string | null): void {
    uses.note(ownerId, "api_token");
    const now = clock.now();
    const since = new Date(now.getTime() - USE_NOTE_MS);
    tasks.run("API token use", () => store.noteUse(id, { address, now, since }));
  }

  return {
    list: async ({ ownerId }) => ({ items: await store.list(ownerId) }),

    async create(actor, { name, scopes, days }) {
      if (scopes.includes("admin") && !hasRole(actor.role, "auditor")) throw new AppError("not_permitted");
      const token = formatToken(crypto.random(SECRET_BYTES));
      const createdAt = clock.now();
      const row = await store.insert(actor, {
        ...{ name, scopes, createdAt, hash: hashOf(token), prefix: prefixOf(token) },
        expiresAt: days === null ? null : new Date(createdAt.getTime() + days * DAY_MS),
      });
      if (!row) throw new AppError("token_limit_reached");
      return { ...row, token };
    },

    async revoke(actor, id) {
      if (!(await store.revoke(actor, id, clock.now()))) throw new AppError("token_not_found");
      bell.ring(personTopic(actor.ownerId));
    },

    async authenticate(presented, address) {
      const hash = hashOf(presented);
      // What was good a moment ago is no guess, whatever else comes from the same address.
      if (!known.has(hash)) await attempts.check(address);
      const verdict = judge(isWellFormed(presented) ? await store.find(hash) : null, clock.now());
      if (!verdict.good) {
        known.forget(hash);
        await attempts.note(address);
        throw new AppError(verdict.code);
      }
      const actor = await actorOf(verdict.token, address);
      if (actor && known.greet(hash, clock.monotonicMs(), USE_NOTE_MS)) noteUse(verdict.token, address);
      return actor;
    },

    async confirm({ token, address }) {
      const verdict = judge(token && (await store.findById(token.id)), clock.now());
      if (!verdict.good) throw new AppError(verdict.code);
      return actorOf(verdict.token, address);
    },
  };
}
