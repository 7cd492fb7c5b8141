import type { FlightdeckApi } from "../api.js";
import { turnError } from "../error.js";
import type { TurnRef } from "../generated/router.js";
import { insist } from "../retry.js";
import type { Watch } from "../watch/watch.js";
import { type Answer, type AnswerTeller, startAnswer } from "./answer.js";
import { AnswerText } from "./answer-text.js";

export type AskOptions = {
  /** The conversation to go on with; unset: a new one. */
  sessionId?: string | undefined;
  /** The session's model from now on; unset: it stays, or is the server's own choice. */
  model?: string | undefined;
  /** Has the server stop the answer. Once it has been told, the answer fails with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** In one session a key is one prompt. A program that died and asks again, with the same session and key, gets the
   *  answer of the first time. Unset: a new one. */
  idempotencyKey?: string | undefined;
};

/** Sends a prompt and gives its answer. It is sent again where the server's acknowledgement was lost, and runs once all
 *  the same; the answer is followed whatever happens to connections. Fails with a `FlightdeckError`: of the call, such as
 *  `turn_already_active`, or of the turn, such as `rate_limited`. */
export type Ask = (prompt: string, options?: AskOptions) => Answer;

type Deps = { api: FlightdeckApi; watch: Watch };
type Turn = TurnRef & { sessionId: string };

export function createAsk({ api, watch }: Deps): Ask {
  // One that was created without our hearing of it stays behind, empty.
  async function sessionOf({ sessionId, model, signal }: AskOptions): Promise<string> {
    if (sessionId === undefined) {
      const made = await insist((limit) => api.sessions.create.mutate({ model }, { signal: limit }), signal);
      return made.id;
    }
    if (model !== undefined)
      await insist((limit) => api.sessions.update.mutate({ sessionId, model }, { signal: limit }), signal);
    return sessionId;
  }

  const stop = (sessionId: string) =>
    insist((limit) => api.turns.abort.mutate({ sessionId }, { signal: limit }));

  /** Tells the turn's text as it grows, until the turn has succeeded. */
  async function follow({ sessionId, turnId, seq }: Turn, tell: AnswerTeller, signal?: AbortSignal) {
    const text = new AnswerText();
    for await (const event of watch({ sessionId, afterSeq: seq - 1, signal })) {
      if (event.turnId !== turnId) continue;
      text.take(event);
      tell.text(text.read());
      if (event.type !== "turn.ended") continue;
      if (event.data.outcome === "succeeded") return text.read();
      throw turnError(event.data);
    }
    // Only the signal ends a watch.
    throw turnError({ outcome: "aborted" });
  }

  async function run(prompt: string, options: AskOptions, tell: AnswerTeller): Promise<string> {
    const { signal, idempotencyKey = crypto.randomUUID() } = options;
    let sessionId = "";
    let mayRun = false;
    try {
      signal?.throwIfAborted();
      sessionId = await sessionOf(options);
      tell.sessionId(sessionId);
      signal?.throwIfAborted();
      // Nobody else uses a session that is new. In another one, what is stopped has to be our own turn.
      mayRun = options.sessionId === undefined;
      const input = { sessionId, prompt, idempotencyKey };
      const turn = await insist((limit) => api.turns.send.mutate(input, { signal: limit }), signal);
      mayRun = true;
      tell.turnId(turn.turnId);
      return await follow({ ...turn, sessionId }, tell, signal);
    } catch (error) {
      if (signal?.aborted && mayRun) await stop(sessionId);
      signal?.throwIfAborted();
      throw error;
    }
  }

  return (prompt, options = {}) => startAnswer((tell) => run(prompt, options, tell));
}
