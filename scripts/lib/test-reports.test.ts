import { describe, expect, it } from "vitest";
import { beginningOf, playwrightFailures, vitestFailures } from "./test-reports";

const red = (text: string) => `\u001b[31m${text}\u001b[39m`;

describe("what failed", () => {
  it("is read from Vitest's report", () => {
    const report = {
      ...{ numPassedTests: 1, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0 },
      testResults: [
        {
          ...{ name: "a.test.ts", status: "failed", message: "" },
          assertionResults: [
            { fullName: "sum adds", status: "passed", failureMessages: [] },
            { fullName: "sum carries", status: "failed", failureMessages: ["expected 1\n\n  to be 2"] },
          ],
        },
      ],
    };
    expect(vitestFailures(report)).toEqual([{ test: "sum carries", why: "expected 1\n  to be 2" }]);
  });

  it("is read from Playwright's report, however deep", () => {
    const spec = (title: string, message?: string) => ({
      title,
      ok: message === undefined,
      tests: [{ results: [message === undefined ? {} : { error: { message } }] }],
    });
    const suites = [
      {
        title: "a.spec.ts",
        specs: [spec("opens")],
        suites: [{ title: "in it", specs: [spec("closes", red("no"))] }],
      },
    ];
    expect(playwrightFailures({ suites })).toEqual([{ test: "closes", why: "no" }]);
  });

  it("is told in a few lines", () => {
    expect(beginningOf("a\n\nb\nc\nd\ne\nf\ng").split("\n")).toEqual(["a", "b", "c", "d", "e", "f"]);
  });
});
