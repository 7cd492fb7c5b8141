import { z } from "zod";
import { ProviderId } from "./ids";
import { Text } from "./text";

export const PROVIDERS_MAX = 20;
export const PROVIDER_MODELS_MAX = 100;
export const PROVIDER_HEADERS_MAX = 20;
export const PROVIDER_MODEL_CHARS_MAX = 150;
/** The CLI hides every occurrence of a key in what it logs and in what tools say, of everybody's sessions: a short one
 *  would take words out of them. */
export const PROVIDER_KEY_CHARS_MIN = 12;
const KEY_CHARS_MAX = 4_000;
const NAME_CHARS_MAX = 80;
const URL_CHARS_MAX = 500;
const HEADER_CHARS_MAX = 4_000;
const TOKENS_MAX = 10_000_000;

/** Whose interface it is; `compatible`: anything that speaks like one of the others, as Ollama and vLLM do. */
export const ProviderKind = z.enum(["openai", "azure", "anthropic", "compatible"]);
export type ProviderKind = z.infer<typeof ProviderKind>;

/** How a model is asked: OpenAI's chat completions or responses, or Anthropic's messages. */
export const WireApi = z.enum(["completions", "responses", "messages"]);
export type WireApi = z.infer<typeof WireApi>;

/** The wire formats of each kind, the usual one first. */
export const WIRE_APIS = {
  openai: ["completions", "responses"],
  azure: ["completions", "responses"],
  anthropic: ["messages"],
  compatible: ["completions", "responses", "messages"],
} as const satisfies Record<ProviderKind, readonly WireApi[]>;

export const speaks = (kind: ProviderKind, wireApi: WireApi): boolean =>
  WIRE_APIS[kind].some((each) => each === wireApi);

const CONTROL = /\p{Cc}/u;
const Name = Text.pipe(z.string().trim().min(1, "Give it a name.").max(NAME_CHARS_MAX));

/** An address in its one normal form: no slash at its end, numbers and letters as everybody writes them. */
const BaseUrl = z
  .string()
  .trim()
  .max(URL_CHARS_MAX)
  .transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    const wrong = !url
      ? "Write the whole address, as in https://api.example.com/v1."
      : url.protocol !== "https:" && url.protocol !== "http:"
        ? "The address begins with https://."
        : url.username || url.password
          ? "A name and a password do not belong into the address. Use the key, or a header."
          : url.search || url.hash
            ? "Leave out what follows a ? or # in the address."
            : null;
    if (url && !wrong) return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
    context.addIssue({ code: "custom", message: wrong ?? "" });
    return z.NEVER;
  });

const Key = z
  .string()
  .trim()
  .min(
    PROVIDER_KEY_CHARS_MIN,
    `A key needs at least ${PROVIDER_KEY_CHARS_MIN} characters: the CLI hides it wherever it occurs, and would hide words.`,
  )
  .max(KEY_CHARS_MAX)
  .regex(/^[\x21-\x7e]+$/, "A key has no spaces and no special letters.");

/** Headers that belong to the connection, or to whoever makes the call. */
const OWN_HEADERS = new Set([
  ...["connection", "content-length", "content-type", "expect", "host", "keep-alive", "te", "trailer"],
  ...["transfer-encoding", "upgrade"],
]);

const HeaderName = z
  .string()
  .trim()
  .toLowerCase()
  .max(100)
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/, "This is no name of a header.")
  .refine((name) => !OWN_HEADERS.has(name) && !name.startsWith("proxy-"), "This header is not yours to set.");
const HeaderValue = z
  .string()
  .trim()
  .min(1, "Give the header a value.")
  .max(HEADER_CHARS_MAX)
  .regex(/^[\x20-\x7e]+$/, "A header's value has no line breaks and no special letters.");

const distinct = <Item>(items: readonly Item[], key: (item: Item) => string): boolean =>
  new Set(items.map(key)).size === items.length;

const Tokens = z
  .number("Write a limit as a number of tokens.")
  .int("Write a limit as a whole number of tokens.")
  .min(1, "A limit is at least one token.")
  .max(TOKENS_MAX)
  .nullable();

/** `id`: as the endpoint calls it, for Azure the name of the deployment. The limits are in tokens; null: the CLI's own. */
export const ProviderModel = z.object({
  id: Text.pipe(
    z
      .string()
      .trim()
      .min(1, "Name the model.")
      .max(PROVIDER_MODEL_CHARS_MAX)
      .refine((id) => !CONTROL.test(id), "A model's name is one line."),
  ),
  name: Text.pipe(z.string().trim().max(NAME_CHARS_MAX))
    .transform((name) => name || null)
    .nullable(),
  maxPromptTokens: Tokens,
  maxOutputTokens: Tokens,
});
export type ProviderModel = z.infer<typeof ProviderModel>;

const Models = z
  .array(ProviderModel)
  .min(1, "Name at least one model.")
  .max(PROVIDER_MODELS_MAX)
  .refine((models) => distinct(models, ({ id }) => id), "Each model once.");

/** A provider as its owner sees it. Secrets are not in it: `hasKey` says that there is a key, `headers` the names. */
export const Provider = z.object({
  id: z.string(),
  name: z.string(),
  kind: ProviderKind,
  wireApi: WireApi,
  baseUrl: z.string(),
  azureApiVersion: z.string().nullable(),
  hasKey: z.boolean(),
  headers: z.array(z.string()),
  models: z.array(
    z.object({
      id: z.string(),
      name: z.string().nullable(),
      maxPromptTokens: z.number().nullable(),
      maxOutputTokens: z.number().nullable(),
    }),
  ),
  disabled: z.boolean(),
  /** Grows with each change. */
  version: z.number().int(),
  updatedAt: z.date(),
});
export type Provider = z.infer<typeof Provider>;

export const ProviderList = z.object({ items: z.array(Provider) });
export type ProviderList = z.infer<typeof ProviderList>;

const Form = z.object({
  name: Name,
  kind: ProviderKind,
  wireApi: WireApi,
  baseUrl: BaseUrl,
  azureApiVersion: z
    .string()
    .trim()
    .regex(/^\d{4}-\d{2}-\d{2}(?:-preview)?$/, "Write the version as in 2024-10-21.")
    .nullable(),
  models: Models,
  disabled: z.boolean(),
});

const wireFits = ({ kind, wireApi }: z.infer<typeof Form>) => speaks(kind, wireApi);
const WIRE_PROBLEM = { path: ["wireApi"], message: "An endpoint of this kind does not speak so." };

/** `azureApiVersion`: null asks Azure's versionless v1 interface. `key`: null where the endpoint asks for none. */
export const CreateProviderInput = Form.extend({
  key: Key.nullable(),
  headers: z
    .array(z.object({ name: HeaderName, value: HeaderValue }))
    .max(PROVIDER_HEADERS_MAX)
    .refine((headers) => distinct(headers, ({ name }) => name), "Each header once."),
}).refine(wireFits, WIRE_PROBLEM);
export type CreateProviderInput = z.infer<typeof CreateProviderInput>;

/** All of a provider but its secrets, which stay where they are left out: `key` (null: there is none any more), and the
 *  value of each header. Where the address leads to another server they do not stay, and have to be given again.
 *  `version`: the one that was edited. */
export const UpdateProviderInput = Form.extend({
  providerId: ProviderId,
  version: z.number().int().min(1),
  key: Key.nullable().optional(),
  headers: z
    .array(z.object({ name: HeaderName, value: HeaderValue.optional() }))
    .max(PROVIDER_HEADERS_MAX)
    .refine((headers) => distinct(headers, ({ name }) => name), "Each header once."),
}).refine(wireFits, WIRE_PROBLEM);
export type UpdateProviderInput = z.infer<typeof UpdateProviderInput>;

export const ProviderInput = z.object({ providerId: ProviderId });

/** `model`: one of the provider's, which is asked for one token. */
export const TestProviderInput = z.object({
  providerId: ProviderId,
  model: Text.pipe(z.string().min(1).max(PROVIDER_MODEL_CHARS_MAX)),
});
export type TestProviderInput = z.infer<typeof TestProviderInput>;

/** What became of a test. `address_closed`: the call was not made; see `message`. */
export const ProviderTest = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), durationMs: z.number() }),
  z.object({
    ok: z.literal(false),
    reason: z.enum([
      ...["address_closed", "no_such_host", "no_connection", "no_tls", "too_slow", "cut_off"],
      ...["key_refused", "no_such_model", "quota", "rate_limited", "request_refused"],
      ...["server_error", "redirected", "not_a_model"],
    ] as const),
    /** The HTTP status, where there was an answer. */
    status: z.number().int().nullable(),
    message: z.string(),
  }),
]);
export type ProviderTest = z.infer<typeof ProviderTest>;
