import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { RequestLogEntry } from "../request-log";
import { PROMPT_TEXT_CHARS_MAX } from "../request-log";
import type { SimulatorContext } from "../simulator-server";
import { errorAnswer } from "./errors";
import type { ModelRequest, WireFormat } from "./model-request";
import { parseModelRequest } from "./model-request";
import type { Answer, Script } from "./script";
import { chooseScript, isFailure } from "./script";
import type { Wire, WireInput } from "./wire";
import { completionsWire } from "./wire-completions";
import { messagesWire } from "./wire-messages";
import { responsesWire } from "./wire-responses";

/** The shortest pause between two writes. At a higher rate one write carries several tokens. */
const TICK_MS = 10;

/** Failures are counted for `times=N`; beyond this many different prompts the counting starts anew. */
const COUNTED_PROMPTS_MAX = 10_000;

type Play = {
  outgoing: ServerResponse;
  entry: RequestLogEntry;
  answer: Answer;
  wire: Wire;
  headers: Record<string, string>;
};

export type ModelEngine = {
  /** Answers one model call by the words of its last user message, and notes in the log what was asked and sent. */
  answer(c: SimulatorContext, format: WireFormat, headers?: Record<string, string>): Promise<Response>;
  /** Forgets which failures were already played. */
  reset(): void;
};

/** The scripted model behind both stand-ins. All it remembers is how often a prompt has failed already. */
export function createModelEngine(): ModelEngine {
  const failures = new Map<string, number>();
  let answersBegun = 0;

  const choose = (entry: RequestLogEntry, { promptText, knows }: ModelRequest): Script => {
    const key = [entry.tokenHash, entry.sessionHint, promptText].join(" ");
    const script = chooseScript(promptText, { earlierFailures: failures.get(key), knows });
    if (isFailure(script)) {
      if (failures.size >= COUNTED_PROMPTS_MAX) failures.clear();
      failures.set(key, (failures.get(key) ?? 0) + 1);
    }
    return script;
  };

  const answer: ModelEngine["answer"] = async (c, format, headers = {}) => {
    const entry = c.get("entry");
    const request = parseModelRequest(format, await c.req.json().catch(() => null));
    if (!request) return errorAnswer(c, { status: 400, message: "The body is not a request of this kind." });

    const script = choose(entry, request);
    entry.model = request.model;
    entry.stream = request.stream;
    entry.promptText = request.promptText.slice(0, PROMPT_TEXT_CHARS_MAX);
    entry.promptCount = request.promptCount;
    entry.script = script.name;
    answersBegun += 1;
    const id = answersBegun.toString(36).padStart(8, "0");
    return play(c, script, { request, id, headers: { ...headers, "x-request-id": id } });
  };
  return { answer, reset: () => failures.clear() };
}

async function play(
  c: SimulatorContext,
  script: Script,
  { request, id, headers }: { request: ModelRequest; id: string; headers: Record<string, string> },
): Promise<Response> {
  const { outgoing } = c.env;
  switch (script.kind) {
    case "hang":
      break;
    case "drop":
      outgoing.destroy();
      break;
    case "error":
      await pause(script.delayMs, outgoing);
      return errorAnswer(c, script);
    case "answer": {
      const wire = wireOf({ request, reasoning: script.reasoning, tokens: script.tokens, id });
      const parts = { outgoing, entry: c.get("entry"), answer: script, wire, headers };
      if (request.stream) void playStream(parts);
      else void playWhole(parts);
    }
  }
  return RESPONSE_ALREADY_SENT;
}

function wireOf(input: WireInput): Wire {
  switch (input.request.format) {
    case "completions":
      return completionsWire(input);
    case "responses":
      return responsesWire(input);
    case "messages":
      return messagesWire(input);
  }
}

async function playWhole({ outgoing, entry, answer, wire, headers }: Play): Promise<void> {
  const count = answer.reasoning.length + answer.tokens.length;
  await pause(answer.delayMs + (answer.rate > 0 ? (count / answer.rate) * 1000 : 0), outgoing);
  if (outgoing.destroyed) return;
  if (answer.cut) {
    outgoing.destroy();
    return;
  }
  entry.status = 200;
  entry.tokensSent = count;
  outgoing.writeHead(200, { ...headers, "content-type": "application/json" });
  outgoing.end(JSON.stringify(wire.whole()));
}

async function playStream({ outgoing, entry, answer, wire, headers }: Play): Promise<void> {
  entry.status = 200;
  entry.tokensSent = 0;
  outgoing.writeHead(200, {
    ...headers,
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  outgoing.flushHeaders();
  await pause(answer.delayMs, outgoing);
  if (outgoing.destroyed) return;
  outgoing.write(answer.reasoning.length > 0 ? wire.begin() : wire.begin() + wire.beginText());

  const { reasoning, tokens } = answer;
  const total = reasoning.length + tokens.length;
  let sent = 0;
  const next = (): string => {
    const index = sent;
    sent += 1;
    if (index >= reasoning.length) return wire.text(tokens[index - reasoning.length] ?? "");
    const piece = wire.reasoning(reasoning[index] ?? "");
    return sent === reasoning.length ? piece + wire.beginText() : piece;
  };
  const finish = () => {
    entry.tokensSent = sent;
    if (answer.cut) outgoing.destroy();
    else outgoing.end(wire.end());
  };

  if (answer.rate === 0) {
    while (sent < total) outgoing.write(next());
    if (answer.cut) setTimeout(finish, TICK_MS);
    else finish();
    return;
  }
  // One timer for the whole stream, led by the clock: a late tick writes what is due, so the rate holds under load.
  const startedAt = performance.now();
  const tick = () => {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * answer.rate) / 1000) + 1);
    let pieces = "";
    while (sent < due) pieces += next();
    if (pieces) outgoing.write(pieces);
    entry.tokensSent = sent;
    if (sent < total) return;
    clearInterval(timer);
    // Bytes that were just written need a moment on their way before the connection is destroyed.
    if (answer.cut) setTimeout(finish, TICK_MS);
    else finish();
  };
  const timer = setInterval(tick, Math.max(TICK_MS, 1000 / answer.rate));
  outgoing.once("close", () => clearInterval(timer));
  tick();
}

/** Waits, but no longer than the connection lives. */
function pause(ms: number, outgoing: ServerResponse): Promise<void> {
  if (ms <= 0 || outgoing.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      outgoing.off("close", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    outgoing.once("close", done);
  });
}
