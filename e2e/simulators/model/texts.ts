import { codeText } from "./text-code";
import { markdownText } from "./text-markdown";

/** Tokens a second of an answer that says nothing about its rate. */
export const DEFAULT_RATE = 60;
export const FORMATTED_RATE = 150;
const TOKEN_CHARS_MAX = 12;
const ECHO_CHARS_MAX = 200;

export const texts = {
  short: "Here is a short answer in one sentence.",
  reasoning:
    "The person wants a considered answer. First I look at what is asked. " +
    "Then I compare two ways: a queue in memory is simple but loses work on a restart; a row in the database survives it. " +
    "The second one costs one write and wins.",
  thought:
    "After thinking it through: **write the row first**, then acknowledge. " +
    "A restart then finds the work again, and the person who asked never has to ask twice.",
  code: codeText,
  markdown: markdownText,
  echo: (prompt: string) => {
    const asked = prompt.replace(/\s+/g, " ").trim();
    const quoted = asked.length > ECHO_CHARS_MAX ? `${asked.slice(0, ECHO_CHARS_MAX)}…` : asked;
    return `You asked: “${quoted}”. I am a simulated model, so this is a simulated answer, but it came all the way through a real Copilot CLI server.`;
  },
};

/** Cuts a text into pieces of about a word; joined again they are the text, byte for byte. */
export function tokenize(text: string): string[] {
  return text.match(new RegExp(`\\s*\\S{1,${TOKEN_CHARS_MAX}}|\\s+`, "gu")) ?? [];
}

const SENTENCES = [
  "a turn is everything between a prompt and the moment the model falls silent again",
  "every event gets the next number, so nobody who reconnects has to guess what was missed",
  "the lease says who may write, and its fence only ever grows",
  "a server that stops answering takes its process with it but not the work",
  "whoever waits listens for the bell first and reads the row afterwards",
  "a secret that is never printed can never be found in a log",
  "two browsers that look at one session see the same words in the same order",
  "small pieces that are easy to name are also easy to replace",
];

/** Exactly `count` words of numbered sentences in paragraphs; the last word is `[end]`. One word is one token. */
export function longWords(count: number): string[] {
  const words: string[] = [];
  for (let sentence = 1; words.length < count; sentence += 1) {
    const text = SENTENCES[(sentence - 1) % SENTENCES.length] ?? "";
    const separator = sentence === 1 ? "" : sentence % 5 === 1 ? "\n\n" : " ";
    const sentenceWords = `Sentence ${sentence}: ${text}.`.split(" ");
    words.push(...sentenceWords.map((word, index) => (index === 0 ? separator + word : ` ${word}`)));
  }
  words.length = count;
  if (count > 1) words[count - 1] = " [end]";
  return words;
}
