import {
  CreateProviderInput,
  type Provider,
  type ProviderKind,
  speaks,
  UpdateProviderInput,
  WIRE_APIS,
  type WireApi,
} from "@/lib/contracts/providers";

/** A header that is being edited. `isStored`: its value is on the server, and stays where none is given. */
export type DraftHeader = { key: string; name: string; value: string; isStored: boolean };
export type DraftModel = { key: string; id: string; name: string; prompt: string; output: string };

/** A provider as its form holds it. */
export type ProviderDraft = {
  name: string;
  kind: ProviderKind;
  wireApi: WireApi;
  baseUrl: string;
  azureApiVersion: string;
  key: string;
  removesKey: boolean;
  headers: DraftHeader[];
  models: DraftModel[];
  disabled: boolean;
};

export const KIND_LABELS: Record<ProviderKind, string> = {
  openai: "OpenAI",
  azure: "Azure OpenAI",
  anthropic: "Anthropic",
  compatible: "Compatible endpoint",
};
export const WIRE_LABELS: Record<WireApi, string> = {
  completions: "Chat completions (OpenAI)",
  responses: "Responses (OpenAI)",
  messages: "Messages (Anthropic)",
};

/** Where each kind is usually found, and what its address looks like. */
export const ADDRESSES: Record<ProviderKind, { usual: string; example: string }> = {
  openai: { usual: "https://api.openai.com/v1", example: "https://api.openai.com/v1" },
  azure: { usual: "", example: "https://your-resource.openai.azure.com" },
  anthropic: { usual: "https://api.anthropic.com", example: "https://api.anthropic.com" },
  compatible: { usual: "", example: "https://models.example.com/v1" },
};

let made = 0;
const newKey = (): string => {
  made += 1;
  return `new-${made}`;
};

export const newModel = (): DraftModel => ({ key: newKey(), id: "", name: "", prompt: "", output: "" });
export const newHeader = (): DraftHeader => ({ key: newKey(), name: "", value: "", isStored: false });

/** What the form of a new provider begins with. */
export const emptyDraft = (): ProviderDraft => ({
  ...{ name: KIND_LABELS.openai, kind: "openai", wireApi: "completions", baseUrl: ADDRESSES.openai.usual },
  ...{ azureApiVersion: "", key: "", removesKey: false, headers: [], disabled: false },
  models: [newModel()],
});

const countText = (count: number | null): string => (count === null ? "" : String(count));

/** A stored provider as its form begins; secrets are not in it. */
export const draftOf = (provider: Provider): ProviderDraft => ({
  ...{ name: provider.name, kind: provider.kind, wireApi: provider.wireApi, baseUrl: provider.baseUrl },
  azureApiVersion: provider.azureApiVersion ?? "",
  ...{ key: "", removesKey: false, disabled: provider.disabled },
  headers: provider.headers.map((name) => ({ key: newKey(), name, value: "", isStored: true })),
  models: provider.models.map(({ id, name, maxPromptTokens, maxOutputTokens }) => ({
    ...{ key: newKey(), id, name: name ?? "" },
    ...{ prompt: countText(maxPromptTokens), output: countText(maxOutputTokens) },
  })),
});

/** The draft as another kind: what a person has not written themself follows. */
export function withKind(draft: ProviderDraft, kind: ProviderKind): ProviderDraft {
  const wasUsual = draft.baseUrl === ADDRESSES[draft.kind].usual;
  return {
    ...draft,
    kind,
    wireApi: speaks(kind, draft.wireApi) ? draft.wireApi : WIRE_APIS[kind][0],
    ...(wasUsual && { baseUrl: ADDRESSES[kind].usual }),
    ...(draft.name === KIND_LABELS[draft.kind] && { name: KIND_LABELS[kind] }),
  };
}

/** Whether the address leads to another server than the stored one, to which stored secrets are not sent. */
export function leadsElsewhere(provider: Provider, baseUrl: string): boolean {
  return URL.canParse(baseUrl) && new URL(baseUrl).origin !== new URL(provider.baseUrl).origin;
}

const tokens = (text: string): number | null => (text.trim() === "" ? null : Number(text));

function fieldsOf({ name, kind, wireApi, baseUrl, azureApiVersion, models, disabled }: ProviderDraft) {
  return {
    ...{ name, kind, wireApi, baseUrl, disabled },
    azureApiVersion: kind === "azure" && azureApiVersion.trim() !== "" ? azureApiVersion : null,
    models: models.map(({ id, name: shown, prompt, output }) => ({
      ...{ id, name: shown.trim() === "" ? null : shown },
      ...{ maxPromptTokens: tokens(prompt), maxOutputTokens: tokens(output) },
    })),
  };
}

type Read<Input> = { ok: true; input: Input } | { ok: false; problem: string };

const problemOf = (issues: readonly { message: string }[]): string =>
  issues[0]?.message ?? "Look at the fields again.";

/** The draft as a new provider, or the first thing that is wrong with it. */
export function readNew(draft: ProviderDraft): Read<CreateProviderInput> {
  const { key, headers } = draft;
  const parsed = CreateProviderInput.safeParse({
    ...fieldsOf(draft),
    key: key.trim() === "" ? null : key,
    headers: headers.map(({ name, value }) => ({ name, value })),
  });
  return parsed.success
    ? { ok: true, input: parsed.data }
    : { ok: false, problem: problemOf(parsed.error.issues) };
}

/** The draft as a change of `provider`. Secrets that were left empty stay as they are. */
export function readChange(draft: ProviderDraft, provider: Provider): Read<UpdateProviderInput> {
  const { key, removesKey, headers } = draft;
  const parsed = UpdateProviderInput.safeParse({
    ...fieldsOf(draft),
    ...{ providerId: provider.id, version: provider.version },
    ...(removesKey ? { key: null } : key.trim() !== "" && { key }),
    headers: headers.map(({ name, value, isStored }) =>
      isStored && value.trim() === "" ? { name } : { name, value },
    ),
  });
  return parsed.success
    ? { ok: true, input: parsed.data }
    : { ok: false, problem: problemOf(parsed.error.issues) };
}
