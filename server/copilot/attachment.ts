import type { CopilotSession, ModelInfo, SessionConfig } from "@github/copilot-sdk";
import type { Clock } from "@/server/platform/clock";
import { asHeardBy, classifyRejection, isJournalBroken, isSessionMissing } from "./classify";
import type { Connection } from "./connection";
import { ConversationBroken, CopilotError } from "./errors";
import { toSignal } from "./event-map";
import { type Held, recall } from "./journal";
import { QUIET_RETRY_MS, QUIET_TRIES } from "./tunables";
import { sourceOf } from "./turn-source";
import type { Attachment, AttachOptions, CopilotIdentity, ProviderAccess } from "./types";

/** What every session is created and resumed with, whoever owns it. */
export const SESSION_OPTIONS = {
  streaming: true,
  availableTools: [] as string[],
  systemMessage: {
    mode: "append",
    content:
      "You are answering in a web chat. You have no tools and no access to files or the network here. Reply in Markdown.",
  },
  // Unanswered, this question would keep a rate-limited turn from ever becoming idle (CLI 1.0.85).
  onAutoModeSwitchRequest: () => "no",
  // Without tools nothing asks for permission; should anything ask all the same, the answer is no.
  onPermissionRequest: () => ({ kind: "reject" }),
} as const satisfies SessionConfig;

/** The whole session asks this endpoint and nobody else; the CLI keeps none of it, so it comes with each attaching. */
function providerConfig(access: ProviderAccess): Pick<SessionConfig, "model" | "provider"> {
  const { type, wireApi, baseUrl, azureApiVersion, key, headers, model } = access;
  const { maxPromptTokens, maxOutputTokens } = access;
  const plain = Object.entries(headers).map(([name, value]) => [name, value.use((text) => text)] as const);
  return {
    model,
    provider: {
      type,
      baseUrl,
      modelId: model,
      ...(type !== "anthropic" && { wireApi }),
      ...(type === "azure" && azureApiVersion !== null && { azure: { apiVersion: azureApiVersion } }),
      ...(key && { apiKey: key.use((text) => text) }),
      ...(plain.length > 0 && { headers: Object.fromEntries(plain) }),
      ...(maxPromptTokens !== null && { maxPromptTokens }),
      ...(maxOutputTokens !== null && { maxOutputTokens }),
    },
  };
}

function accessConfig({
  access,
  model,
}: AttachOptions): Pick<SessionConfig, "model" | "provider" | "gitHubToken"> {
  if (access?.kind === "provider") return providerConfig(access);
  return {
    ...(model !== null && { model }),
    ...(access?.kind === "user" && { gitHubToken: access.token.use((token) => token) }),
  };
}

function sessionConfig(options: AttachOptions, earlier: string | null): SessionConfig {
  const { systemMessage } = SESSION_OPTIONS;
  return {
    ...SESSION_OPTIONS,
    ...(earlier !== null && {
      systemMessage: { ...systemMessage, content: `${systemMessage.content}\n\n${earlier}` },
    }),
    sessionId: options.cliSession,
    ...accessConfig(options),
    onEvent: (event) => {
      const signal = toSignal(event);
      if (!signal) return;
      const isFailure = signal.kind === "failed";
      options.onSignal(isFailure ? { ...signal, code: asHeardBy(options.access, signal.code) } : signal);
    },
  };
}

/** The models GitHub lists for this identity. Rejects with a `CopilotError` where GitHub refuses it. */
export async function listModels(connection: Connection, identity: CopilotIdentity): Promise<ModelInfo[]> {
  const asked = identity.kind === "user" ? { gitHubToken: identity.token.use((value) => value) } : {};
  try {
    const { models } = await connection.call((client) => client.rpc.models.list(asked));
    return models as ModelInfo[];
  } catch (error) {
    throw heardBy(identity, error);
  }
}

/** What rejected with this access, as it is meant for who asked; anything but the CLI's own words as it is. */
function heardBy(access: AttachOptions["access"], error: unknown): unknown {
  if (!(error instanceof CopilotError)) return error;
  const code = asHeardBy(access, error.code);
  return code === error.code ? error : new CopilotError(code, error.message, error);
}

type Opened = Pick<Attachment, "resumed" | "rebuilt"> & { session: CopilotSession };

async function open(connection: Connection, options: AttachOptions): Promise<Opened> {
  const { cliSession, resume, earlier, rebuild } = options;
  if (resume) {
    const config = sessionConfig(options, earlier);
    try {
      const session = await connection.call((client) => client.resumeSession(cliSession, config));
      return { session, resumed: true, rebuilt: false };
    } catch (error) {
      if (isJournalBroken(error)) throw new ConversationBroken(error);
      if (resume === "join" || !isSessionMissing(error)) throw error;
    }
  }
  const lost = resume ? ((await rebuild?.()) ?? null) : null;
  const config = sessionConfig(options, lost ?? earlier);
  const session = await connection.call((client) => client.createSession(config));
  return { session, resumed: false, rebuilt: lost !== null };
}

/** See `Attachment.quiet`. */
async function quiet({ connection, session, clock }: Held): Promise<void> {
  for (let tries = 0; ; tries++) {
    const { hasActiveWork } = await connection.call(() => session.rpc.metadata.activity());
    if (!hasActiveWork) return;
    if (tries >= QUIET_TRIES) throw new CopilotError("cli_server_lost", "the session does not become idle");
    await connection.call(() => session.abort());
    await clock.sleep(QUIET_RETRY_MS, connection.lost);
  }
}

/** A session that left the server's memory, e.g. by the server's own idle timeout, has to be attached anew. */
const orLost = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((error: unknown) => {
    if (isSessionMissing(error)) throw new CopilotError("cli_server_lost", "the session was let go", error);
    throw error;
  });

/** Never throws. */
async function letGo(connection: Connection, session: CopilotSession): Promise<void> {
  if (connection.lost.aborted) return;
  await connection
    .call(() => session.disconnect())
    .catch((error: unknown) => {
      // A session that cannot be let go would stay in the server's memory for ever; a new connection frees it.
      const { code } = classifyRejection(error);
      if (code === "cli_server_lost") connection.close("detach failed");
    });
}

// A session whose token GitHub refuses is opened all the same while the CLI remembers the person, and then sends its
// model calls, token included, to a default host (CLI 1.0.85). So nothing is sent before GitHub has listed models for
// the token. The CLI answers that from its memory mostly, in 1 to 3 ms.
async function openForOwner(connection: Connection, options: AttachOptions): Promise<Opened> {
  const { access } = options;
  const opening = open(connection, options);
  if (access === null || access.kind === "provider") return opening;
  const [opened, listed] = await Promise.allSettled([opening, listModels(connection, access)]);
  if (listed.status === "fulfilled") return opening;
  if (opened.status === "fulfilled") await letGo(connection, opened.value.session);
  throw listed.reason;
}

/** Creates or resumes the session on this connection. Rejects with a `CopilotError`. */
export async function attach(
  connection: Connection,
  options: AttachOptions,
  clock: Clock,
): Promise<Attachment> {
  const { session, resumed, rebuilt } = await openForOwner(connection, options).catch((error: unknown) => {
    throw heardBy(options.access, error);
  });
  const held: Held = { connection, session, clock };
  return {
    resumed,
    rebuilt,
    lost: connection.lost,
    async send(prompt, turnId) {
      await orLost(connection.call(() => session.send({ prompt, source: sourceOf(turnId) })));
    },
    recall: (turnId) => orLost(recall(held, turnId)),
    quiet: () => orLost(quiet(held)),
    async abort() {
      await connection.call(() => session.abort());
    },
    async setModel(model) {
      await orLost(connection.call(() => session.setModel(model)));
    },
    async setToken(token) {
      const credentials = token.use((value) => ({
        type: "token" as const,
        host: "https://github.com",
        token: value,
      }));
      await orLost(connection.call(() => session.rpc.gitHubAuth.setCredentials({ credentials })));
    },
    detach: () => letGo(connection, session),
  };
}
