import type { ProviderAccess } from "@/server/copilot/types";
import { typeOf } from "./rules";
import type { ProviderSecrets } from "./secrets";
import type { StoredProvider } from "./store";

/** What asking `model` of a provider takes; null where the provider has no such model. Throws where its secrets cannot be
 *  opened. */
export function accessOf(
  provider: StoredProvider,
  model: string,
  secrets: ProviderSecrets,
): ProviderAccess | null {
  const { id, version, kind, wireApi, baseUrl, azureApiVersion, models } = provider;
  const asked = models.find((each) => each.id === model);
  if (!asked) return null;
  const { maxPromptTokens, maxOutputTokens } = asked;
  return {
    ...{ kind: "provider", providerId: id, version },
    ...{ type: typeOf(kind, wireApi), wireApi: wireApi === "responses" ? "responses" : "completions" },
    ...{ baseUrl, azureApiVersion },
    ...secrets.open(provider),
    ...{ model, maxPromptTokens, maxOutputTokens },
  };
}
