import { DEFAULT_RATE, FORMATTED_RATE, longWords, texts, tokenize } from "./texts";

export const SLOW_DELAY_MS = 8_000;
export const LONG_TOKENS = 400;
export const LONG_RATE = 40;
const CUT_TOKENS = 5;
const COUNT_TOKENS = 100;
const TOKENS_MAX = 100_000;
const ERROR_WORDS = /(?<![\w-])error[ =:]+(400|401|402|403|404|413|429|500|502|503)(?!\w)/i;

export type Answer = {
  kind: "answer";
  name: string;
  reasoning: string[];
  tokens: string[];
  /** Tokens a second; 0 = as fast as possible. */
  rate: number;
  /** Wait before the first token. */
  delayMs: number;
  /** Destroy the connection after the last token instead of finishing the answer. */
  cut: boolean;
};

/** What the stand-in will do with one request. */
export type Script =
  | Answer
  | { kind: "error"; name: string; status: number; retryAfterSeconds: number | null; delayMs: number }
  | { kind: "drop"; name: string }
  | { kind: "hang"; name: string };

type Told = { earlierFailures?: number | undefined; knows?: (word: string) => boolean };

/**
 * Chooses the answer by words in the last user message, and by nothing else: a script never outlives its prompt.
 * Failures win over texts. `rate=N`, `tokens=N`, `delay=MS` and `retry=N` adjust what was chosen; with `times=N` a
 * failure happens only while `earlierFailures` is below N, and then the other words choose. `knows=WORD` tells whether
 * the conversation has that word elsewhere.
 */
export function chooseScript(
  promptText: string,
  { earlierFailures = 0, knows = () => false }: Told = {},
): Script {
  const has = (word: string) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`, "i").test(promptText);
  const number = (name: string) => {
    const match = new RegExp(`(?<![\\w-])${name}=(\\d{1,6})(?!\\w)`, "i").exec(promptText);
    return match?.[1] === undefined ? null : Number(match[1]);
  };
  const delayMs = number("delay") ?? (has("slow") ? SLOW_DELAY_MS : 0);
  const rate = number("rate");
  const count = (usual: number) => Math.min(Math.max(number("tokens") ?? usual, 1), TOKENS_MAX);
  const answer = (name: string, tokens: string[], usualRate: number): Answer => ({
    kind: "answer",
    name,
    reasoning: [],
    tokens,
    rate: rate ?? usualRate,
    delayMs,
    cut: false,
  });

  if (earlierFailures < (number("times") ?? Number.POSITIVE_INFINITY)) {
    const status = ERROR_WORDS.exec(promptText)?.[1];
    if (status) {
      return {
        kind: "error",
        name: `error ${status}`,
        status: Number(status),
        retryAfterSeconds: number("retry"),
        delayMs,
      };
    }
    if (has("down")) return { kind: "drop", name: "down" };
    if (has("hang")) return { kind: "hang", name: "hang" };
    if (has("cut")) {
      const tokens = has("count") ? countTokens(count(CUT_TOKENS)) : longWords(count(CUT_TOKENS));
      return { ...answer("cut", tokens, LONG_RATE), cut: true };
    }
  }
  const word = /(?<![\w-])knows=([\w-]+)/.exec(promptText)?.[1];
  if (word) return answer("knows", [knows(word) ? "yes" : "no"], DEFAULT_RATE);
  if (has("count")) return answer("count", countTokens(count(COUNT_TOKENS)), LONG_RATE);
  if (has("think")) {
    return {
      ...answer("think", tokenize(texts.thought), FORMATTED_RATE),
      reasoning: tokenize(texts.reasoning),
    };
  }
  if (has("markdown")) return answer("markdown", tokenize(texts.markdown), FORMATTED_RATE);
  if (has("code")) return answer("code", tokenize(texts.code), FORMATTED_RATE);
  if (has("long")) return answer("long", longWords(count(LONG_TOKENS)), LONG_RATE);
  if (has("short")) return answer("short", tokenize(texts.short), DEFAULT_RATE);
  return answer("echo", tokenize(texts.echo(promptText)), DEFAULT_RATE);
}

export function isFailure(script: Script): boolean {
  return script.kind !== "answer" || script.cut;
}

/** `1 2 3 … N`, so that a reader of any part of the answer knows what is missing. */
function countTokens(count: number): string[] {
  return Array.from({ length: count }, (_, index) => (index === 0 ? "1" : ` ${index + 1}`));
}
