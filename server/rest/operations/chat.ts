import { randomUUID } from "node:crypto";
import { TRPCError } from "@trpc/server";
import { ChatAnswer, ChatInput } from "@/lib/contracts/chat";
import { AppError } from "@/lib/errors/app-error";
import { appErrorOf } from "@/server/trpc/errors";
import { createCaller } from "@/server/trpc/root";
import { answerOf } from "../answer";
import { type Call, operation } from "../operation";
import { ANSWER_MS_MAX } from "../tunables";
import { IDEMPOTENCY_KEY } from "./idempotency-key";

type Caller = ReturnType<typeof createCaller>;

function parse(input: unknown): ChatInput {
  const parsed = ChatInput.safeParse(input);
  if (!parsed.success) throw new TRPCError({ code: "BAD_REQUEST", cause: parsed.error });
  return parsed.data;
}

async function sessionOf(caller: Caller, { sessionId, model, idempotencyKey }: ChatInput) {
  if (!sessionId) return caller.sessions.create({ model: model ?? undefined, idempotencyKey });
  const session = await caller.sessions.get({ sessionId });
  if (!model || model === session.model) return session;
  return caller.sessions.update({ sessionId, model });
}

/** The same refusal, with the ids by which the caller may go on. */
function named(error: unknown, ids: Record<string, string>): AppError {
  const { code, details } = appErrorOf(error);
  return new AppError(code, { details: { ...details, ...ids }, cause: error });
}

/** Sends a message and waits for the answer, for `ANSWER_MS_MAX` at the longest. The turn goes on where the caller goes
 *  away or is told to come back. */
async function chat({ context, input, signal }: Call): Promise<ChatAnswer> {
  const asked = parse(input);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort("late"), ANSWER_MS_MAX);
  const caller = createCaller(context, { signal: AbortSignal.any([signal, late.signal]) });
  try {
    const { id: sessionId } = await sessionOf(caller, asked);
    const idempotencyKey = asked.idempotencyKey ?? randomUUID();
    const sent = await caller.turns
      .send({ sessionId, prompt: asked.message, idempotencyKey })
      .catch((error: unknown) => {
        throw named(error, { sessionId });
      });
    const ids = { sessionId, turnId: sent.turnId };
    const content = await answerOf(caller, { ...sent, ...ids }, context.stopping).catch((error: unknown) => {
      throw named(error, ids);
    });
    return { ...ids, content };
  } finally {
    clearTimeout(timer);
  }
}

export const CHAT = [
  operation({
    id: "chat",
    resource: "Chat",
    method: "POST",
    path: "/api/chat",
    summary: "Send a message and get the answer",
    description:
      "Without `sessionId` a session is made; send the one that you got to go on in it. `content` is the last message of the answer. An answer that takes longer than five minutes goes on without you (`answer_late`): ask again with the same `Idempotency-Key`, or read the turn and the events of the session that are named.",
    needs: [
      "sessions.get",
      "sessions.create",
      "sessions.update",
      "turns.send",
      "sessions.watch",
      "turns.get",
    ],
    input: ChatInput,
    places: {
      idempotencyKey: {
        in: "header",
        name: IDEMPOTENCY_KEY,
        description:
          "The same key with the same message gives the same answer, and makes no second session. Without it every call is a message of its own.",
      },
    },
    output: ChatAnswer,
    status: 200,
    refusals: [
      ...(["session_not_found", "turn_not_found", "turn_already_active", "idempotency_conflict"] as const),
      ...([
        "too_many_sessions",
        "too_many_turns",
        "too_many_streams",
        "queue_full",
        "shutting_down",
      ] as const),
      ...(["turn_failed", "turn_aborted", "answer_late"] as const),
    ],
    example: { message: "Say hello" },
    run: chat,
  }),
];
