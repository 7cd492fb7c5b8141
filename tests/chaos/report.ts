import type { Outcome } from "./runner";

/** Where and with what a scenario's figures were taken. */
export type Circumstances = { date: string; commit: string; seed: number; cores: number; node: string };

/** A scenario's outcome at full length, as docs/reliability.json keeps it. */
export type Taken = { outcome: Outcome; about: Circumstances };

type Row = { cells: string[]; isBad: boolean };

const seconds = (ms: number) => `${(ms / 1_000).toFixed(0)} s`;

/** One line a figure, and one for the invariants of each scenario. */
export function rowsOf(outcomes: Outcome[]): Row[] {
  return outcomes.flatMap(({ scenario, faults, figures, violations, seen }) => {
    const isBroken = violations.length > 0;
    const invariants: Row = {
      cells: [
        scenario.fault,
        String(faults),
        `broken invariants (${seen.prompts} prompts, ${seen.events} events, ${seen.calls} model calls)`,
        "0",
        String(violations.length),
        isBroken ? "**broken**" : "held",
      ],
      isBad: isBroken,
    };
    const measured = figures.map(({ what, target, measured, reached }) => ({
      cells: ["", "", what, target, measured, reached ? "reached" : "**missed**"],
      isBad: !reached,
    }));
    return [invariants, ...measured];
  });
}

const HEAD = ["Fault", "Times", "", "Target", "Measured", ""];

/** The table for a terminal. */
export function renderTable(outcomes: Outcome[]): string {
  const rows = [HEAD, ...rowsOf(outcomes).map(({ cells }) => cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The whole text of docs/reliability.md. */
export function renderReport(all: Taken[]): string {
  const outcomes = all.map(({ outcome }) => outcome);
  const figures = table(
    HEAD,
    rowsOf(outcomes).map(({ cells }) => cells),
  );
  const circumstances = table(
    ["Fault", "Taken", "At commit", "Seed", "Machine", "Took"],
    all.map(({ outcome: { scenario, tookMs }, about }) => [
      ...[scenario.fault, about.date, about.commit, String(about.seed)],
      ...[`${about.cores} cores, Node ${about.node}`, seconds(tookMs)],
    ]),
  );
  return `${[
    "# Reliability",
    "Written by `npm run chaos`; do not edit. Real processes are killed, stopped and cut off while people's clients send and watch; afterwards a checker looks at everything that clients sent and received, at the stored logs, and at what the model was asked. Before, the same is simulated in one process, seed by seed (tests/simulation).",
    figures,
    "The invariants: an acknowledged prompt is in the log once and its turn ended; one idempotency key is one turn; a watcher gets every event once, in order, the same as everybody else; the answer of a turn that succeeded is the model's, byte by byte; no turn is left running; the model is shown each prompt once, with the token of the session's owner. A gap is the longest time in which a viewer of a running turn saw no text because of the fault.",
    "## Where and when",
    circumstances,
  ].join("\n\n")}\n`;
}
