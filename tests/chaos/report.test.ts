import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Circumstances, renderReport, renderTable } from "./report";
import { keepResult } from "./results";
import type { Outcome } from "./runner";
import { atMost, exactly, unsuccessful } from "./scenario";

const ABOUT: Circumstances = { date: "2030-01-01", commit: "abc1234", seed: 7, cores: 2, node: "20.0.0" };

const outcome = (change: Partial<Outcome>): Outcome => ({
  scenario: { name: "some-kill", fault: "Something dies" },
  faults: 10,
  figures: [atMost("gap", [100, 200], 1_000)],
  violations: [],
  seen: { prompts: 1, events: 2, calls: 3 },
  tookMs: 4_000,
  ...change,
});

describe("the report", () => {
  it("says what held and what was reached", () => {
    const text = renderReport([{ outcome: outcome({}), about: ABOUT }]);
    expect(text).toContain("| Something dies | 2030-01-01 | abc1234 | 7 | 2 cores, Node 20.0.0 | 4 s |");
    expect(text).toMatch(/\| Something dies \| 10 \|.*\| 0 \| 0 \| held \|/);
    expect(text).toMatch(/\| gap \| p99 ≤ 1\.00 s \| p50 .*\(2 values\) \| reached \|/);
  });

  it("keeps the results of other scenarios when one is run again", () => {
    const dir = mkdtempSync(path.join(tmpdir(), "flightdeck-results-"));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const files = { data: path.join(dir, "results.json"), page: path.join(dir, "results.md") };
    const keep = (name: string, faults: number, date: string) =>
      keepResult(files, ["first", "second"], {
        outcome: outcome({ scenario: { name, fault: `The ${name}` }, faults }),
        about: { ...ABOUT, date },
      });
    keep("second", 2, "2030-01-01");
    keep("gone", 3, "2030-01-01");
    keep("first", 1, "2030-01-01");
    keep("second", 20, "2030-01-02");
    const rows = readFileSync(files.page, "utf8")
      .split("\n")
      .filter((row) => row.startsWith("| The"));
    expect(rows.map((row) => row.split(" | ").slice(0, 2))).toEqual([
      ["| The first", "1"],
      ["| The second", "20"],
      ["| The first", "2030-01-01"],
      ["| The second", "2030-01-02"],
    ]);
  });

  it("shows a broken invariant and a missed target as what they are", () => {
    const violations = [{ check: "order" as const, sessionId: "s", detail: "…" }];
    const figures = [atMost("gap", [2_000], 1_000), exactly("turns", 9, 10), atMost("resume", [], 1_000)];
    const table = renderTable([outcome({ violations, figures })]);
    expect(table).toMatch(/Something dies .* 1 +\*\*broken\*\*/);
    expect(table.match(/\*\*missed\*\*/g)).toHaveLength(3);
  });

  it("counts a turn that failed once, however many watched it, and says what with", () => {
    const event = (code: string, turnId: string) => ({
      ...{ seq: 1, turnId, at: new Date(0), type: "turn.ended" as const },
      data: { outcome: "failed" as const, code },
    });
    const received = [event("internal", "a"), event("internal", "a"), event("interrupted", "b")].map(
      (each) => ({
        ...{ watcher: "w", sessionId: "s", seq: 1, hash: "", atMs: 0, event: each },
      }),
    );
    const figure = unsuccessful("turns lost", { sends: [], faults: [], received });
    expect(figure).toMatchObject({ measured: "2 (internal 1, interrupted 1)", reached: false });
    expect(unsuccessful("turns lost", { sends: [], faults: [], received: [] }).reached).toBe(true);
  });
});
