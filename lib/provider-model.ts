const PREFIX = "provider:";
const MODEL_OF_PROVIDER = /^provider:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(.+)$/s;

/** The id under which a provider's model is picked, beside Copilot's. */
export const providerModelId = (providerId: string, model: string): string =>
  `${PREFIX}${providerId}/${model}`;

/** Which provider's model an id names; null where it is Copilot's. An id that only begins like one is of no provider: both
 *  texts are empty. */
export function parseProviderModel(id: string): { providerId: string; model: string } | null {
  if (!id.startsWith(PREFIX)) return null;
  const [, providerId = "", model = ""] = MODEL_OF_PROVIDER.exec(id) ?? [];
  return { providerId, model };
}

/** The model as its provider calls it; Copilot's ids as they are. */
export const shownModel = (id: string): string => parseProviderModel(id)?.model || id;
