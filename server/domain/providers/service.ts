import type { Model } from "@/lib/contracts/models";
import { AppError } from "@/lib/errors/app-error";
import { parseProviderModel, providerModelId } from "@/lib/provider-model";
import type { ProviderAccess } from "@/server/copilot/types";
import type { Crypto } from "@/server/crypto/crypto";
import type { Log } from "@/server/platform/log";
import type { OwnerId } from "@/server/platform/scope";
import type { Credentials } from "../credentials/types";
import { accessOf } from "./access";
import { createDesk, type DeskDeps } from "./desk";
import { createProviderSecrets } from "./secrets";
import type { StoredProvider } from "./store";
import type { Providers } from "./types";

type Deps = Omit<DeskDeps, "secrets"> & {
  crypto: Crypto;
  credentials: Pick<Credentials, "copilotIdentity">;
  log: Log;
};

const modelsOf = ({ id, name, ownerId, models }: StoredProvider): Model[] =>
  models.map((model) => ({
    id: providerModelId(id, model.id),
    name: model.name ?? model.id,
    contextTokens: model.maxPromptTokens,
    multiplier: null,
    ...{ vision: false, reasoning: false },
    provider: { name, shared: ownerId === null },
  }));

/** Model endpoints that people and administrators have brought. See `Providers` for what each call guarantees. */
export function createProviders({ crypto, credentials, log, ...rest }: Deps): Providers {
  const { store, egress } = rest;
  const secrets = createProviderSecrets(crypto);
  const desk = { ...rest, secrets };

  function opened(provider: StoredProvider, model: string): ProviderAccess | null {
    try {
      return accessOf(provider, model, secrets);
    } catch (cause) {
      // The row stays as it is: giving the key back makes it readable again.
      log.error({ providerId: provider.id, err: cause }, "stored key cannot be opened");
      throw new AppError("provider_not_available", { cause });
    }
  }

  async function providerAccess(owner: OwnerId, providerId: string, model: string): Promise<ProviderAccess> {
    const provider = providerId === "" ? null : await store.findFor(owner, providerId);
    const access = provider && opened(provider, model);
    if (!provider || !access) throw new AppError("provider_not_available");
    // The proxy decides again, at the call; here it can be said in words.
    const refusal = await egress.check(access.baseUrl);
    if (refusal) throw new AppError("address_closed", { details: { baseUrl: refusal } });
    if (secrets.areOld(provider)) await store.reseal(provider, secrets.seal(provider.id, access));
    return access;
  }

  return {
    own: createDesk(desk, ({ ownerId }) => ownerId),
    shared: createDesk(desk, () => null),
    models: async (owner) => (await store.listFor(owner)).flatMap(modelsOf),
    async access(owner, model) {
      const asked = model === null ? null : parseProviderModel(model);
      return asked
        ? providerAccess(owner, asked.providerId, asked.model)
        : credentials.copilotIdentity(owner);
    },
  };
}
