import { stripVTControlCharacters } from "node:util";

/** A test that failed, and the beginning of why. */
export type Failure = { test: string; why: string };

export type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
};

type Suite = {
  title: string;
  suites?: Suite[];
  specs?: { title: string; ok: boolean; tests: { results: { error?: { message?: string } }[] }[] }[];
};

export type PlaywrightReport = {
  stats: { expected: number; unexpected: number; skipped: number };
  errors: { message?: string }[];
  suites: Suite[];
};

const LINES_MAX = 6;

/** The first lines of an error that say something. */
export const beginningOf = (text: string): string =>
  stripVTControlCharacters(text)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, LINES_MAX)
    .join("\n");

export const vitestFailures = ({ testResults }: VitestReport): Failure[] =>
  testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => ({
        test: fullName,
        why: beginningOf(failureMessages[0] ?? ""),
      })),
  );

export function playwrightFailures({ suites }: Pick<PlaywrightReport, "suites">): Failure[] {
  return suites.flatMap(({ specs = [], suites: inner = [] }) => [
    ...specs
      .filter(({ ok }) => !ok)
      .map(({ title, tests }) => ({
        test: title,
        why: beginningOf(
          tests.flatMap(({ results }) => results).find(({ error }) => error)?.error?.message ?? "",
        ),
      })),
    ...playwrightFailures({ suites: inner }),
  ]);
}
