import type { AdminCase } from "./administration/lists";
import type { TurnTimes } from "./arms/types";
import type { Held } from "./detached";
import { type Spread, totalOf } from "./session-list";
import { distributionOf, quantileOf, ratioOfMedians } from "./stats";
import {
  armsOf,
  type Figures,
  judge,
  listRatio,
  loadRatio,
  pairsOf,
  shown,
  throughputRatio,
  wakeAdded,
} from "./targets";
import { type ArmResult, nameOf, type TurnsResult } from "./turns";
import type { LoadArm } from "./watch-load";

/** Where, when and with what the figures were taken. */
export type Circumstances = {
  date: string;
  seed: number;
  cores: number;
  /** Mean load while measuring, over cores: above about 1 other programs took part. */
  load: { before: number; after: number };
  versions: Record<string, string>;
};

const LABELS: Record<ArmResult["arm"], string> = {
  sdk: "(a) SDK",
  "sdk-nodelay": "(b) SDK, no delay",
  flightdeck: "(c) Flightdeck",
};

/** p50, p95 and p99 of `values`, as cells. */
const quantiles = (values: readonly number[]): string[] =>
  [0.5, 0.95, 0.99].map((p) => quantileOf(values, p).toFixed(1));

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join(
    "\n",
  );
}

function ratios(turns: TurnsResult[], random: () => number): string {
  const head = [
    "Turns",
    "First token (c) ÷ (a)",
    "First token (c) ÷ (b)",
    "Whole (c) ÷ (a)",
    "Whole (c) ÷ (b)",
    "Turns/s (c) ÷ (b)",
  ];
  return table(
    head,
    turns.map((result) => {
      const arms = armsOf(result);
      const ratio = (other: ArmResult, metric: "firstTokenMs" | "wholeMs") =>
        shown(ratioOfMedians(pairsOf(arms.c, other, metric), random), 2);
      return [
        nameOf(result),
        ratio(arms.a, "firstTokenMs"),
        ratio(arms.b, "firstTokenMs"),
        ratio(arms.a, "wholeMs"),
        ratio(arms.b, "wholeMs"),
        shown(throughputRatio(arms, random), 2),
      ];
    }),
  );
}

function latencies(result: TurnsResult, random: () => number): string {
  const row = (label: string, values: number[]) => {
    const { p50, p95, p99 } = distributionOf(values, random);
    return [label, shown(p50, 1), shown(p95, 1), shown(p99, 1)];
  };
  const rows = result.arms.flatMap(({ arm, times }) => [
    row(
      `${LABELS[arm]}: first token`,
      times.map((turn) => turn.firstTokenMs),
    ),
    row(
      `${LABELS[arm]}: whole turn`,
      times.map((turn) => turn.wholeMs),
    ),
  ]);
  const title = `### ${nameOf(result)}: ${result.rounds * result.atOnce} turns an arm, \`${result.prompt}\``;
  return `${title}\n\nMilliseconds.\n\n${table(["", "p50", "p95", "p99"], rows)}\n\n${work(result)}`;
}

function work(result: TurnsResult): string {
  const ms = (seconds: number) => (seconds * 1_000).toFixed(0);
  const rows = result.arms.map(({ arm, cpu, turnsPerSecond }) => [
    LABELS[arm],
    quantileOf(turnsPerSecond, 0.5).toFixed(1),
    ...[cpu.driver, cpu.cli, cpu.postgres, cpu.model].map(ms),
  ]);
  const head = [
    "",
    "Turns/s",
    "CPU ms: SDK's process or app",
    "CPU ms: CLI",
    "CPU ms: Postgres",
    "CPU ms: stand-in model",
  ];
  return table(head, rows);
}

function memoryAndWatch({ memory, watchDelay }: Figures): string[] {
  const kb = (bytes: number) => `${(bytes / 1e3).toFixed(1)} kB`;
  const parts: string[] = [];
  if (watchDelay) {
    const { delaysMs, streams, tokensPerSecond, appCores } = watchDelay;
    const head = [
      "Streams",
      "Tokens/s each",
      "Pieces",
      "p50 ms",
      "p95 ms",
      "p99 ms",
      "Cores used by the app",
    ];
    const row = [streams, tokensPerSecond, delaysMs.length, ...quantiles(delaysMs), appCores.toFixed(2)].map(
      String,
    );
    parts.push(
      `## From the SDK to the watchers\n\nFrom the moment at which the SDK in the app emits a piece of text to the moment at which a watcher's client has it. Counted while all of them stream.\n\n${table(head, [row])}`,
    );
  }
  if (memory) {
    const { perIdleSession, perOpenWatch, sessions, watches } = memory;
    const rows = [
      [`Idle session (${sessions} held)`, kb(perIdleSession.liveBytes), kb(perIdleSession.residentBytes)],
      [`Open watch (${watches} open)`, kb(perOpenWatch.liveBytes), kb(perOpenWatch.residentBytes)],
    ];
    parts.push(`## Memory in the app\n\n${table(["", "In use after a collection", "Resident"], rows)}`);
  }
  return parts;
}

function manyWatches({ watchLoad }: Figures, random: () => number): string[] {
  if (!watchLoad) return [];
  const { streams, perSecond, pinned, plain, flightdeck } = watchLoad;
  const row = (label: string, { cpuPerEvent, machineBusy, delaysMs }: LoadArm) => [
    label,
    String(delaysMs.length),
    (quantileOf(cpuPerEvent, 0.5) * 1e6).toFixed(0),
    `${(quantileOf(machineBusy, 0.5) * 100).toFixed(0)} %`,
    ...quantiles(delaysMs),
  ];
  const rows = [row("Plain Node server", plain), row("Flightdeck", flightdeck)];
  const cores = pinned ? "each pinned to one core" : "not pinned: this machine has no `taskset`";
  const text = `${streams} open watches, each of a session of its own, each session with ${perSecond} events a second. The plain server is Node's \`http\` alone and makes the same frames itself; for Flightdeck another process appends the events to the log and rings, as a worker does, and the app hears the bell, reads and writes. In turns, ${cores}; the clients have a process of their own. All of these share the machine: where it is busy all the time, the longest delays are waits for a core. Delay: from the ring (plain: the write) to the client. CPU per event, Flightdeck ÷ plain: ${shown(loadRatio(watchLoad, random), 2)}.`;
  const head = ["", "Events", "CPU µs an event", "Machine busy", "Delay p50 ms", "p95 ms", "p99 ms"];
  return [`## Many watches\n\n${text}\n\n${table(head, rows)}`];
}

function detachedSessions({ detached }: Figures, random: () => number): string[] {
  if (!detached) return [];
  const { sessions, warmUp, perAttached, perDetached, wakes } = detached;
  const kb = (bytes: number) => `${(bytes / 1e3).toFixed(1)} kB`;
  const held = (label: string, { appBytes, cliBytes }: Held) => [
    label,
    ...[appBytes, cliBytes, appBytes + cliBytes].map(kb),
  ];
  const memory = table(
    ["", "App, in use after a collection", "CLI server, resident", "Together"],
    [held("Attached", perAttached), held("Detached", perDetached)],
  );
  const times = (label: string, ms: number[]) => {
    const { p50, p95 } = distributionOf(ms, random);
    return [label, shown(p50, 1), shown(p95, 1)];
  };
  const waking = table(
    ["Prompt to first token, ms", "p50", "p95"],
    [times("SDK: `resumeSession`, send", wakes.sdkMs), times("Flightdeck: `turns.send`", wakes.flightdeckMs)],
  );
  const text = `What each further idle session holds, as the slope over ${sessions} sessions with a turn each, after ${warmUp} others that warmed up (the app keeps the newest events of 200 sessions, and heaps grow at first): ten thousand such turns would take the CLI server half an hour, so ten thousand sessions are told from this slope. A session without a turn is a row in the database and nothing else. All of a round were detached at once by draining the CLI server, which detaches as idle time does. ${wakes.sdkMs.length} wakes a side, in pairs; Flightdeck adds ${shown(wakeAdded(detached, random), 1)} ms at the median.`;
  return [`## Detached sessions\n\n${text}\n\n${memory}\n\n${waking}`];
}

function doors({ doors }: Figures, random: () => number): string[] {
  const browser = doors?.doors[0];
  if (!doors || !browser) return [];
  const rows = doors.doors.map(({ name, ms }) => {
    const pairs = ms.map((each, n) => [each, browser.ms[n] ?? Number.NaN] as const);
    return [name, ...quantiles(ms), ms === browser.ms ? "1" : shown(ratioOfMedians(pairs, random), 2)];
  });
  const text = `The list of ${doors.sessions} sessions over HTTP, one call at a time, ${browser.ms.length} calls a row, the rows in turns. Milliseconds.`;
  return [`## Doors\n\n${text}\n\n${table(["", "p50", "p95", "p99", "÷ browser, p50"], rows)}`];
}

function backgroundJobs({ jobs }: Figures): string[] {
  if (!jobs) return [];
  const { jobs: count, queuePerSecond, jobsPerSecond, pickUpMs } = jobs;
  const row = (label: string, perSecond: number[]) => [
    label,
    String(perSecond.length),
    quantileOf(perSecond, 0.5).toFixed(0),
    Math.min(...perSecond).toFixed(0),
  ];
  const rates = table(
    ["Jobs a second", "Rounds", "p50", "slowest"],
    [row("The queue alone", queuePerSecond), row("Flightdeck's jobs", jobsPerSecond)],
  );
  const pickUp = table(
    ["Pick-up when idle, ms", "Jobs", "p50", "p95", "p99"],
    [["From `jobs.create` to the prompt", String(pickUpMs.length), ...quantiles(pickUpMs)]],
  );
  const text = `${count.toLocaleString("en")} jobs of one person, asked for in one call, in one process with Postgres on the same machine, from that call to the last job's end. Their turns are over at once, so that nothing but the queue and the jobs' own rows count. The queue alone: the same rows and messages, and nobody acts on them. In turns.`;
  return [`## Background jobs\n\n${text}\n\n${rates}\n\n${pickUp}`];
}

function pageWeight({ page }: Figures): string[] {
  if (!page) return [];
  const rows = page.map(({ network, loads, transferredBytes, lcpMs }) => [
    network,
    String(loads),
    `${(transferredBytes / 1e3).toFixed(0)} kB`,
    `${lcpMs.toFixed(0)} ms`,
  ]);
  const head = ["Network", "Loads", "Transferred", "LCP"];
  const text =
    "A session with an answer, empty cache, 412 × 823 pixels, CPU four times slower, until its code is coloured; workers' requests included. Medians.";
  return [`## Chat page on a simulated phone\n\n${text}\n\n${table(head, rows)}`];
}

function sessionLists({ sessionList }: Figures): string[] {
  if (!sessionList) return [];
  const { small, large, cases } = sessionList;
  const spread = (of: Spread) => {
    const [heavy, others] = [of.heavy, of.others].map((count) => count.toLocaleString("en"));
    return `${totalOf(of).toLocaleString("en")} sessions: ${heavy} of one person, 100 of another, and 100 each of ${others} others`;
  };
  const rows = cases.map((each) => [
    each.name,
    quantileOf(each.smallMs, 0.5).toFixed(1),
    ...quantiles(each.largeMs),
    listRatio(each).toFixed(2),
  ]);
  const calls = cases[0]?.largeMs.length ?? 0;
  const text = `\`sessions.list\` over HTTP, one call at a time, ${calls} calls a row and table, the rows in turns. The small table has ${spread(small)}. The large one has ${spread(large)}. Every session has its head, and those of the two who ask have a turn each. A person with many sessions has fewer of them in the small table. Milliseconds.`;
  const head = ["", "small p50", "large p50", "large p95", "large p99", "large ÷ small, p50"];
  return [`## The list of sessions\n\n${text}\n\n${table(head, rows)}`];
}

function administrators({ administration }: Figures): string[] {
  if (!administration) return [];
  const { sessions, people, days, cases, cleanUp } = administration;
  const calls = cases[0]?.ms.length ?? 0;
  const rows = (kind: AdminCase["kind"]) =>
    cases.filter((each) => each.kind === kind).map(({ name, ms }) => [name, ...quantiles(ms)]);
  const head = ["", "p50", "p95", "p99"];
  const chat = (label: string, times: TurnTimes[]) => {
    const first = times.map(({ firstTokenMs }) => firstTokenMs);
    return [label, String(times.length), ...quantiles(first)];
  };
  const count = (number: number) => number.toLocaleString("en");
  const chatTable = table(
    ["First token of chats, ms", "Turns", "p50", "p95", "p99"],
    [chat("before", cleanUp.quiet), chat("during", cleanUp.during)],
  );
  const seconds = (cleanUp.ms / 1_000).toFixed(0);
  return [
    `## Administrators\n\n${count(sessions)} sessions of ${people} people with ${days} days of turns, as by \`npm run seed\`. Over HTTP, one call at a time, ${calls} calls a row, the rows in turns. Milliseconds.\n\n### \`admin.sessions.list\`\n\n${table(head, rows("list"))}\n\n### \`admin.overview\`\n\n${table(head, rows("overview"))}`,
    `### Clean-up\n\n${count(cleanUp.sessions)} sessions with ${count(cleanUp.events)} events went in ${seconds} s (${(cleanUp.sessions / (cleanUp.ms / 1_000)).toFixed(0)} a second), the longest batch held its locks for ${cleanUp.longestBatchMs} ms, while ${cleanUp.chats} people chatted.\n\n${chatTable}`,
  ];
}

/** The whole text of docs/performance.md. */
export function renderReport(figures: Figures, about: Circumstances, random: () => number): string {
  const targets = judge(figures, random).map(({ what, wanted, measured, reached }) => [
    what,
    wanted,
    measured,
    reached ? "reached" : "**missed**",
  ]);
  const versions = Object.entries(about.versions).map(([name, version]) => `${name} ${version}`);
  const { before, after } = about.load;
  return `${[
    "# Performance",
    "Written by `npm run bench`; do not edit. Read the ratios first: absolute times belong to the machine they were taken on.",
    `${about.date} · ${about.cores} cores · load before ${before}, after ${after} · seed ${about.seed} · ${versions.join(" · ")}`,
    "Three ways to run the same prompt on the same Copilot CLI server with the same stand-in model, interleaved in one run: **(a)** the SDK as GitHub's documentation shows it (one `CopilotClient`, `sendAndWait`), **(b)** the same with `setNoDelay(true)` on its socket, **(c)** Flightdeck, from `turns.send` to the last watched event. Intervals hold the figure with 95 % (bootstrap over pairs).",
    `## Targets\n\n${table(["", "Target", "Measured", ""], targets)}`,
    `## Ratios\n\nOf medians; below 1 Flightdeck is faster, for turns per second above 1. Everything runs on the same ${about.cores} cores: where the CLI server alone keeps them busy, each turn's own work in the app and in Postgres (CPU columns below) is taken from it.\n\n${ratios(figures.turns, random)}`,
    `## Turns\n\n${figures.turns.map((result) => latencies(result, random)).join("\n\n")}`,
    ...manyWatches(figures, random),
    ...memoryAndWatch(figures),
    ...detachedSessions(figures, random),
    ...doors(figures, random),
    ...backgroundJobs(figures),
    ...pageWeight(figures),
    ...sessionLists(figures),
    ...administrators(figures),
  ].join("\n\n")}\n`;
}
