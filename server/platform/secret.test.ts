import { format, inspect } from "node:util";
import pino from "pino";
import { expect, it } from "vitest";
import { Secret } from "./secret";

const TEXT = "gho_plain";
const secret = new Secret(TEXT);

it.each<[string, () => unknown]>([
  ["JSON", () => JSON.stringify({ a: [secret] })],
  ["a template", () => `${secret}`],
  ["joined text", () => `x${String(secret)}`],
  ["an array's text", () => [secret, secret].join()],
  ["inspect", () => inspect({ secret }, { showHidden: true, depth: 9 })],
  ["inspect without custom printing", () => inspect(secret, { customInspect: false, showHidden: true })],
  ["console formatting", () => format("%s %o %j %d", secret, secret, secret, secret)],
  ["an error's message", () => String(new Error(`no ${secret}`))],
  ["a copy of its fields", () => JSON.stringify({ ...secret })],
  ["its keys", () => JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret)])],
  ["a structured clone", () => inspect(structuredClone({ secret: { ...secret } }))],
  [
    "a log line",
    () => {
      const lines: string[] = [];
      const log = pino({}, { write: (line: string) => void lines.push(line) });
      log.info({ secret, err: Object.assign(new Error("x"), { secret }) }, "token %s", secret);
      return lines.join();
    },
  ],
])("a secret does not show in %s", (_, print) => {
  expect(String(print())).not.toContain(TEXT);
});

it("a secret is handed to whom it is for, and can be compared", () => {
  expect(secret.use((value) => value.length)).toBe(TEXT.length);
  expect([secret.equals(new Secret(TEXT)), secret.equals(new Secret("other"))]).toEqual([true, false]);
});
