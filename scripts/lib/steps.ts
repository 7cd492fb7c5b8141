import { inspect } from "node:util";

const COLOURS = { green: 32, red: 31, yellow: 33, dim: 2, bold: 1 } as const;
const isFancy = process.stdout.isTTY === true && !process.env.NO_COLOR;

/** `text` in a colour where the output is a terminal. */
export const paint = (colour: keyof typeof COLOURS, text: string): string =>
  isFancy ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text;

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : inspect(error);

/** Does `work` and prints one line for it with its duration: ✓, or ✗ and the error goes on. In a terminal the
 *  line is there from the start. `work` may answer with a remark that is added to the line. */
export async function step<Result>(
  label: string,
  work: () => Promise<Result>,
  remark?: (result: Result) => string,
): Promise<Result> {
  const started = performance.now();
  if (isFancy) process.stdout.write(`  … ${label}`);
  const finish = (mark: string, note = "") => {
    const took = paint("dim", `(${seconds(performance.now() - started)})`);
    process.stdout.write(
      `${isFancy ? "\r\u001b[K" : ""}  ${mark} ${label} ${note ? `${note} ` : ""}${took}\n`,
    );
  };
  try {
    const result = await work();
    finish(paint("green", "✓"), remark?.(result));
    return result;
  } catch (error) {
    finish(paint("red", "✗"));
    throw error;
  }
}

/** A remark between steps. */
export const note = (text: string): void => void process.stdout.write(`  ${text}\n`);

/** Lines in a frame. */
export function box(lines: string[]): string {
  const width = Math.max(...lines.map((line) => line.length));
  const rule = "─".repeat(width + 2);
  return [`┌${rule}┐`, ...lines.map((line) => `│ ${line.padEnd(width)} │`), `└${rule}┘`].join("\n");
}
