import { z } from "zod";
import type { ProviderKind, ProviderTest, UpdateProviderInput, WireApi } from "@/lib/contracts/providers";
import type { ProviderAccess } from "@/server/copilot/types";
import type { EgressAnswer, EgressCall, Refusal, Unreached } from "@/server/egress/types";
import type { Secret } from "@/server/platform/secret";
import { TEST_TOKENS } from "./tunables";

export type Headers = Record<string, Secret>;

/** How the CLI calls the kinds, which are about how a key is sent and a path is made. */
export function typeOf(kind: ProviderKind, wireApi: WireApi): ProviderAccess["type"] {
  if (kind === "azure") return "azure";
  return wireApi === "messages" ? "anthropic" : "openai";
}

/** Whether what is stored for one address may be sent to the other: scheme, host and port are the same. */
export const isSameServer = (one: string, other: string): boolean =>
  new URL(one).origin === new URL(other).origin;

/** The names of headers whose stored value is to stay. */
export const keptHeaders = ({ headers }: Pick<UpdateProviderInput, "headers">): string[] =>
  headers.flatMap(({ name, value }) => (value === undefined ? [name] : []));

const PROMPT = "Say ok.";
const ANTHROPIC_VERSION = "2023-06-01";

function bodyOf(kind: ProviderKind, wireApi: WireApi, model: string): object {
  const messages = [{ role: "user", content: PROMPT }];
  switch (wireApi) {
    case "completions": {
      // OpenAI's newer models know the one name alone, and servers like Ollama the other.
      const limit = kind === "compatible" ? "max_tokens" : "max_completion_tokens";
      return { model, messages, [limit]: TEST_TOKENS.completions };
    }
    case "responses":
      return { model, input: PROMPT, max_output_tokens: TEST_TOKENS.responses, store: false };
    case "messages":
      return { model, messages, max_tokens: TEST_TOKENS.messages };
  }
}

const PATHS = {
  completions: "/chat/completions",
  responses: "/responses",
  messages: "/v1/messages",
} as const;

function urlOf({ type, baseUrl, azureApiVersion, model }: ProviderAccess, wireApi: WireApi): string {
  if (type !== "azure") return `${baseUrl}${PATHS[wireApi]}`;
  const { origin } = new URL(baseUrl);
  if (azureApiVersion === null) return `${origin}/openai/v1${PATHS[wireApi]}`;
  const deployment = wireApi === "completions" ? `/deployments/${encodeURIComponent(model)}` : "";
  return `${origin}/openai${deployment}${PATHS[wireApi]}?api-version=${azureApiVersion}`;
}

function keyHeader({ type, key }: ProviderAccess, bearer: (key: Secret) => Secret): Headers {
  if (!key) return {};
  switch (type) {
    case "azure":
      return { "api-key": key };
    case "anthropic":
      return { "x-api-key": key };
    case "openai":
      return { authorization: bearer(key) };
  }
}

type TestOf = { kind: ProviderKind; wireApi: WireApi; access: ProviderAccess };

/** The call that a test makes: that of the CLI, for as few tokens as can be asked for. */
export function testCall({ kind, wireApi, access }: TestOf, bearer: (key: Secret) => Secret): EgressCall {
  return {
    url: urlOf(access, wireApi),
    headers: {
      ...(wireApi === "messages" && { "anthropic-version": ANTHROPIC_VERSION }),
      ...keyHeader(access, bearer),
      ...access.headers,
    },
    body: JSON.stringify(bodyOf(kind, wireApi, access.model)),
  };
}

type Failure = Extract<ProviderTest, { ok: false }>;
type Reason = Failure["reason"];

const UNREACHED: Record<Unreached, [Reason, string]> = {
  dns: ["no_such_host", "The name in the address leads nowhere. Check how it is written."],
  connect: [
    "no_connection",
    "Nothing answers at this address. Check the port, and whether the endpoint runs.",
  ],
  tls: [
    "no_tls",
    "No secure connection: the endpoint does not speak TLS there, or its certificate is not valid for this name.",
  ],
  too_slow: ["too_slow", "The endpoint took too long to answer. It may be starting, or overloaded."],
  cut: ["cut_off", "The endpoint ended the connection without an answer."],
};

const OPENED_BY = "The operator of this server opens others with ALLOWED_EGRESS.";
const REFUSED: Record<Refusal, string> = {
  malformed: "This is no address that can be called.",
  closed_address: `The address leads into a network that is not public: this machine, a private network, or a cloud's own services. ${OPENED_BY}`,
  closed_port: `On public addresses only port 443 is called. ${OPENED_BY}`,
  not_https: `Public addresses are called by https alone. ${OPENED_BY}`,
};

const BY_STATUS: Readonly<Record<number, [Reason, string]>> = {
  401: ["key_refused", "The endpoint refuses the key."],
  402: ["quota", "The account behind the key has no allowance left."],
  403: ["key_refused", "The endpoint does not let this key use the model."],
  404: [
    "no_such_model",
    "The endpoint knows no such model, or the address is not quite right (often /v1 is missing).",
  ],
  429: [
    "rate_limited",
    "The endpoint takes no more requests for now, or the account's allowance is used up.",
  ],
};

function byStatus(status: number): [Reason, string] {
  const known = BY_STATUS[status];
  if (known) return known;
  if (status >= 500) return ["server_error", "The endpoint has a problem of its own. Try again later."];
  if (status >= 300 && status < 400) {
    return ["redirected", "The endpoint sends the call on to another address. Enter that one."];
  }
  return ["request_refused", "The endpoint refuses the request. Check the wire format and the model."];
}

const ANSWERS: Record<WireApi, z.ZodType> = {
  completions: z.object({ choices: z.array(z.unknown()) }),
  responses: z.object({ output: z.array(z.unknown()) }),
  messages: z.object({ content: z.array(z.unknown()) }),
};

function isAnswer(wireApi: WireApi, body: string): boolean {
  try {
    return ANSWERS[wireApi].safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}

// A model that thinks first comes to no word within one token; it has answered all the same.
const isCutByLimit = (status: number, body: string): boolean =>
  status === 400 && /max_tokens or model output limit was reached/i.test(body);

const failed = (status: number | null, [reason, message]: [Reason, string]): Failure => ({
  ok: false,
  ...{ reason, status, message },
});

/** What a test says of what came back; null where it is the answer of a model. What the endpoint itself said is not in it:
 *  it may quote the key. */
export function failureOfTest(answer: EgressAnswer, wireApi: WireApi): Failure | null {
  switch (answer.state) {
    case "refused":
      return failed(null, ["address_closed", REFUSED[answer.refusal]]);
    case "unreached":
      return failed(null, UNREACHED[answer.why]);
    case "answered": {
      const { status, body } = answer;
      if (isCutByLimit(status, body)) return null;
      if (status < 200 || status >= 300) return failed(status, byStatus(status));
      if (isAnswer(wireApi, body)) return null;
      const text =
        "Something answers, but not as a model in this wire format. Check the address and the format.";
      return failed(status, ["not_a_model", text]);
    }
  }
}
