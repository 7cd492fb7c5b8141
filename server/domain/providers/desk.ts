import {
  type CreateProviderInput,
  PROVIDERS_MAX,
  type Provider,
  type UpdateProviderInput,
} from "@/lib/contracts/providers";
import { AppError } from "@/lib/errors/app-error";
import type { Egress } from "@/server/egress/types";
import type { Clock } from "@/server/platform/clock";
import type { Ids } from "@/server/platform/ids";
import type { Actor } from "@/server/platform/scope";
import { Secret } from "@/server/platform/secret";
import type { AuditEntry } from "../audit/types";
import { accessOf } from "./access";
import { failureOfTest, type Headers, isSameServer, keptHeaders, testCall } from "./rules";
import type { ProviderSecrets } from "./secrets";
import type { ProviderStore, StoredProvider } from "./store";
import type { ProviderDesk, Whose } from "./types";

export type DeskDeps = {
  store: ProviderStore;
  secrets: ProviderSecrets;
  egress: Egress;
  ids: Ids;
  clock: Clock;
};

const toProvider = (row: StoredProvider): Provider => ({
  ...{ id: row.id, name: row.name, kind: row.kind, wireApi: row.wireApi, baseUrl: row.baseUrl },
  azureApiVersion: row.azureApiVersion,
  hasKey: row.key !== null,
  headers: row.headerNames,
  models: row.models,
  ...{ disabled: row.disabled, version: row.version, updatedAt: row.updatedAt },
});

type Described = Pick<StoredProvider, "id" | "name" | "kind" | "baseUrl" | "disabled">;

const bearer = (key: Secret): Secret => new Secret(key.use((value) => `Bearer ${value}`));

/** What cannot be opened any more, because ENCRYPTION_KEYS has lost a key, has to be given again. */
function orAskAgain<Opened>(open: () => Opened): Opened {
  try {
    return open();
  } catch (cause) {
    throw new AppError("provider_secret_needed", { cause });
  }
}

/** The providers of those whom `whose` names for an actor. See `ProviderDesk` for what each call guarantees. */
export function createDesk(deps: DeskDeps, whose: (actor: Actor) => Whose): ProviderDesk {
  const { store, secrets, egress, ids, clock } = deps;

  function entryOf(action: AuditEntry["action"], actor: Actor, provider: Described): AuditEntry {
    const { id, name, kind, baseUrl, disabled } = provider;
    const shared = whose(actor) === null;
    return {
      ...{ action, actor },
      target: { type: "provider", id, name },
      details: { kind, host: new URL(baseUrl).host, shared, disabled },
    };
  }

  async function found(actor: Actor, id: string): Promise<StoredProvider> {
    const row = await store.find(whose(actor), id);
    if (!row) throw new AppError("provider_not_found");
    return row;
  }

  async function assertOpen(baseUrl: string): Promise<void> {
    const refusal = await egress.check(baseUrl);
    if (refusal) throw new AppError("address_closed", { details: { baseUrl: refusal } });
  }

  // What is stored for one server is sent to no other: whoever may edit a provider could read its key there.
  function keptSecrets(
    before: StoredProvider,
    input: UpdateProviderInput,
  ): { key: Secret | null; headers: Headers } {
    const keepsKey = input.key === undefined && before.key !== null;
    const kept = keptHeaders(input);
    if (!keepsKey && kept.length === 0) return { key: null, headers: {} };
    if (!isSameServer(before.baseUrl, input.baseUrl)) throw new AppError("provider_secret_needed");
    const stored = orAskAgain(() => secrets.open(before));
    const headers: Headers = {};
    for (const name of kept) {
      const value = stored.headers[name];
      if (!value) throw new AppError("invalid_input", { details: { headers: `Give ${name} a value.` } });
      headers[name] = value;
    }
    return { key: keepsKey ? stored.key : null, headers };
  }

  return {
    async list(actor) {
      return { items: (await store.list(whose(actor))).map(toProvider) };
    },

    async create(actor, { key, headers, ...fields }: CreateProviderInput) {
      await assertOpen(fields.baseUrl);
      const id = ids.uuid();
      const given = Object.fromEntries(headers.map(({ name, value }) => [name, new Secret(value)]));
      const sealed = secrets.seal(id, { key: key === null ? null : new Secret(key), headers: given });
      const row = { ...fields, ...sealed, id, headerNames: headers.map(({ name }) => name) };
      const entry = entryOf("provider.added", actor, row);
      const stored = await store.insert(whose(actor), row, { entry, max: PROVIDERS_MAX });
      if (!stored) throw new AppError("provider_limit");
      return toProvider(stored);
    },

    async update(actor, input) {
      const { providerId, version, key, headers, ...fields } = input;
      const before = await found(actor, providerId);
      await assertOpen(fields.baseUrl);
      const kept = keptSecrets(before, input);
      const given = headers.flatMap(({ name, value }) =>
        value === undefined ? [] : [[name, new Secret(value)] as const],
      );
      const sealed = secrets.seal(providerId, {
        key: key ? new Secret(key) : kept.key,
        headers: { ...kept.headers, ...Object.fromEntries(given) },
      });
      const names = headers.map(({ name }) => name);
      const row = { ...fields, ...sealed, id: providerId, version, headerNames: names };
      const stored = await store.update(whose(actor), row, entryOf("provider.changed", actor, row));
      if (!stored) throw new AppError("provider_changed");
      return toProvider(stored);
    },

    async delete(actor, providerId) {
      const before = await found(actor, providerId);
      const removed = await store.delete(
        whose(actor),
        providerId,
        entryOf("provider.removed", actor, before),
      );
      if (!removed) throw new AppError("provider_not_found");
    },

    async test(actor, { providerId, model }) {
      const row = await found(actor, providerId);
      const access = orAskAgain(() => accessOf(row, model, secrets));
      if (!access) throw new AppError("provider_not_found");
      const askedAt = clock.monotonicMs();
      const answer = await egress.post(testCall({ ...row, access }, bearer));
      const durationMs = Math.round(clock.monotonicMs() - askedAt);
      const failure = failureOfTest(answer, row.wireApi);
      const entry = entryOf("provider.tested", actor, row);
      await store.record(failure ? { ...entry, result: "failed", code: failure.reason } : entry);
      return failure ?? { ok: true, durationMs };
    },
  };
}
