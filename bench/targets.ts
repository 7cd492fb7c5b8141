import type { AdministrationResult } from "./administration/administration";
import type { CleanUpResult } from "./administration/clean-up";
import type { AdminCase } from "./administration/lists";
import type { DetachedResult } from "./detached";
import type { DoorsResult } from "./doors";
import type { JobsResult } from "./jobs";
import type { MemoryResult } from "./memory";
import type { PageResult } from "./page";
import { type ListCase, type SessionListResult, totalOf } from "./session-list";
import { addedAt, bootstrap, type Estimate, quantileOf, ratioOfMedians } from "./stats";
import { limit, type Target } from "./target";
import { type ArmResult, nameOf, type TurnsResult } from "./turns";
import type { WatchDelayResult } from "./watch-delay";
import type { WatchLoadResult } from "./watch-load";

export type Figures = {
  turns: TurnsResult[];
  watchDelay?: WatchDelayResult;
  watchLoad?: WatchLoadResult;
  memory?: MemoryResult;
  detached?: DetachedResult;
  doors?: DoorsResult;
  jobs?: JobsResult;
  page?: PageResult[];
  sessionList?: SessionListResult;
  administration?: AdministrationResult;
};

const ADDED_P50_MAX_MS = 6;
const ADDED_P99_MAX_MS = 25;
const THROUGHPUT_MIN = 0.9;
const DELAY_P50_MAX_MS = 10;
const DELAY_P99_MAX_MS = 40;
const LOAD_CPU_RATIO_MAX = 3;
const LOAD_P99_MAX_MS = 50;
const LIST_P50_MAX_MS = 5;
const LIST_P99_MAX_MS = 25;
const LIST_RATIO_MAX = 1.5;
const ADMIN_LIST_P99_MAX_MS = 50;
const OVERVIEW_P99_MAX_MS = 300;
const CLEAN_UP_MAX_S = 300;
const CLEAN_UP_SESSIONS = 100_000;
const BATCH_MAX_MS = 100;
const CHAT_RATIO_MAX = 1.1;
const IDLE_SESSION_MAX_KB = 20;
const WAKE_ADDED_MAX_MS = 30;
const WATCH_MAX_KB = 110;
const JOBS_PER_SECOND_MIN = 500;
const PICK_UP_P99_MAX_MS = 100;
const PAGE_MAX_KB = 300;
const LCP_MAX_MS = 1_500;

/** `1.23 (1.10 to 1.30)`. */
export const shown = ({ value, low, high }: Estimate, digits: number): string =>
  `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

type Three = { a: ArmResult; b: ArmResult; c: ArmResult };

/** The three arms of a workload by name. */
export function armsOf(result: TurnsResult): Three {
  const find = (id: ArmResult["arm"]) => {
    const found = result.arms.find(({ arm }) => arm === id);
    if (!found) throw new Error(`There is no arm ${id}.`);
    return found;
  };
  return { a: find("sdk"), b: find("sdk-nodelay"), c: find("flightdeck") };
}

type Metric = "firstTokenMs" | "wholeMs";

/** Turn n of one arm with turn n of another: they ran one after the other. */
export const pairsOf = (one: ArmResult, other: ArmResult, metric: Metric): (readonly [number, number])[] =>
  one.times.map((times, index) => [times[metric], other.times[index]?.[metric] ?? Number.NaN] as const);

/** Turns per second of Flightdeck for each one of the SDK with setNoDelay. */
export const throughputRatio = ({ b, c }: Three, random: () => number): Estimate =>
  bootstrap(
    c.turnsPerSecond.map((rate, index) => rate / (b.turnsPerSecond[index] ?? Number.NaN)),
    (drawn) => quantileOf(drawn, 0.5),
    random,
  );

function turnTargets(results: TurnsResult[], random: () => number): Target[] {
  return results.flatMap((result) => {
    const arms = armsOf(result);
    const at = nameOf(result);
    const throughput = throughputRatio(arms, random);
    const targets: Target[] = [
      {
        what: `Turns per second, (c) ÷ (b), ${at}`,
        wanted: `≥ ${THROUGHPUT_MIN}`,
        measured: shown(throughput, 2),
        reached: throughput.value >= THROUGHPUT_MIN,
      },
    ];
    if (result.atOnce !== 1 || result.pace !== 0) return targets;
    const whole = ratioOfMedians(pairsOf(arms.c, arms.a, "wholeMs"), random);
    const firstTokens = pairsOf(arms.c, arms.b, "firstTokenMs");
    const p50 = addedAt(0.5, firstTokens, random);
    const p99 = addedAt(0.99, firstTokens, random);
    return [
      {
        what: `Whole turn, (c) ÷ (a), ${at}`,
        wanted: "< 1",
        measured: shown(whole, 2),
        reached: whole.value < 1,
      },
      {
        what: `Time to first token, (c) − (b), p50, ${at}`,
        wanted: `≤ ${ADDED_P50_MAX_MS} ms`,
        measured: `${shown(p50, 1)} ms`,
        reached: p50.value <= ADDED_P50_MAX_MS,
      },
      {
        what: `Time to first token, (c) − (b), p99, ${at}`,
        wanted: `≤ ${ADDED_P99_MAX_MS} ms`,
        measured: `${shown(p99, 1)} ms`,
        reached: p99.value <= ADDED_P99_MAX_MS,
      },
      ...targets,
    ];
  });
}

/** CPU per event of Flightdeck for that of the plain server, round by round. */
export const loadRatio = ({ plain, flightdeck }: WatchLoadResult, random: () => number): Estimate =>
  ratioOfMedians(
    flightdeck.cpuPerEvent.map((cpu, round) => [cpu, plain.cpuPerEvent[round] ?? Number.NaN] as const),
    random,
  );

function loadTargets(result: WatchLoadResult, random: () => number): Target[] {
  const { streams, perSecond, flightdeck } = result;
  const at = `${streams} watches × ${perSecond} events/s`;
  const ratio = loadRatio(result, random);
  return [
    {
      what: `CPU per event, Flightdeck ÷ plain Node server, ${at}`,
      wanted: `≤ ${LOAD_CPU_RATIO_MAX}`,
      measured: shown(ratio, 2),
      reached: ratio.value <= LOAD_CPU_RATIO_MAX,
    },
    limit(`From the ring to the watcher, p99, ${at}`, quantileOf(flightdeck.delaysMs, 0.99), {
      max: LOAD_P99_MAX_MS,
      unit: "ms",
    }),
  ];
}

/** What Flightdeck adds to the SDK's own resume, in milliseconds to the first token. */
export const wakeAdded = ({ wakes }: DetachedResult, random: () => number): Estimate =>
  addedAt(
    0.5,
    wakes.flightdeckMs.map((ms, index) => [ms, wakes.sdkMs[index] ?? Number.NaN] as const),
    random,
  );

function detachedTargets(result: DetachedResult, random: () => number): Target[] {
  const { appBytes, cliBytes } = result.perDetached;
  const added = wakeAdded(result, random);
  return [
    limit("Detached idle session, app and CLI together", (appBytes + cliBytes) / 1e3, {
      max: IDLE_SESSION_MAX_KB,
      unit: "kB",
    }),
    {
      what: "Waking a detached session, Flightdeck − the SDK's own resume, p50",
      wanted: `≤ ${WAKE_ADDED_MAX_MS} ms`,
      measured: `${shown(added, 1)} ms`,
      reached: added.value <= WAKE_ADDED_MAX_MS,
    },
  ];
}

/** Median on the large table ÷ median on the small one. */
export const listRatio = ({ smallMs, largeMs }: ListCase): number =>
  quantileOf(largeMs, 0.5) / quantileOf(smallMs, 0.5);

function listTargets({ cases, small, large }: SessionListResult): Target[] {
  const [from, to] = [small, large].map((spread) => totalOf(spread).toLocaleString("en"));
  return [false, true].flatMap((isSearch) => {
    const judged = cases.filter((each) => each.isSearch === isSearch);
    const slowest = (figure: (each: ListCase) => number) => Math.max(...judged.map(figure));
    const what = `\`sessions.list\` ${isSearch ? "with a search " : ""}on ${to} sessions`;
    const ratio = slowest(listRatio);
    return [
      limit(
        `${what}, p50, slowest of ${judged.length}`,
        slowest(({ largeMs }) => quantileOf(largeMs, 0.5)),
        {
          max: LIST_P50_MAX_MS,
          unit: "ms",
        },
      ),
      limit(
        `${what}, p99, slowest of ${judged.length}`,
        slowest(({ largeMs }) => quantileOf(largeMs, 0.99)),
        {
          max: LIST_P99_MAX_MS,
          unit: "ms",
        },
      ),
      {
        what: `${what} ÷ on ${from}, p50, slowest of ${judged.length}`,
        wanted: `≤ ${LIST_RATIO_MAX}`,
        measured: ratio.toFixed(2),
        reached: ratio <= LIST_RATIO_MAX,
      },
    ];
  });
}

/** Median first token of the chats while the clean-up ran ÷ before it. */
export const chatRatio = ({ quiet, during }: CleanUpResult): number =>
  quantileOf(
    during.map(({ firstTokenMs }) => firstTokenMs),
    0.5,
  ) /
  quantileOf(
    quiet.map(({ firstTokenMs }) => firstTokenMs),
    0.5,
  );

function administrationTargets({ sessions, cases, cleanUp }: AdministrationResult): Target[] {
  const p99 = (judged: AdminCase[]) => Math.max(...judged.map(({ ms }) => quantileOf(ms, 0.99)));
  const lists = cases.filter(({ kind }) => kind === "list");
  const on = `on ${sessions.toLocaleString("en")} sessions`;
  const listTarget = (what: string, judged: AdminCase[]) =>
    limit(`${what}, ${on}, p99, slowest of ${judged.length}`, p99(judged), {
      max: ADMIN_LIST_P99_MAX_MS,
      unit: "ms",
    });
  const overviews = cases.filter(({ kind }) => kind === "overview");
  const ratio = chatRatio(cleanUp);
  return [
    listTarget(
      "`admin.sessions.list`",
      lists.filter(({ crosses }) => !crosses),
    ),
    listTarget(
      "The same by one date, in the order of the other",
      lists.filter(({ crosses }) => crosses),
    ),
    limit(`\`admin.overview\`, ${on}, p99, slowest of ${overviews.length}`, p99(overviews), {
      max: OVERVIEW_P99_MAX_MS,
      unit: "ms",
    }),
    limit(
      `Clean-up of ${CLEAN_UP_SESSIONS.toLocaleString("en")} sessions, by its pace over ${cleanUp.sessions.toLocaleString("en")}`,
      (cleanUp.ms / 1_000 / cleanUp.sessions) * CLEAN_UP_SESSIONS,
      { max: CLEAN_UP_MAX_S, unit: "s" },
    ),
    limit("Longest batch of the clean-up", cleanUp.longestBatchMs, { max: BATCH_MAX_MS, unit: "ms" }),
    {
      what: "First token of chats, during the clean-up ÷ before, p50",
      wanted: `≤ ${CHAT_RATIO_MAX}`,
      measured: ratio.toFixed(2),
      reached: ratio <= CHAT_RATIO_MAX,
    },
  ];
}

function jobTargets({ jobsPerSecond, pickUpMs }: JobsResult): Target[] {
  const rate = quantileOf(jobsPerSecond, 0.5);
  return [
    {
      what: "Background jobs a second whose turns do nothing, p50",
      wanted: `≥ ${JOBS_PER_SECOND_MIN}`,
      measured: rate.toFixed(0),
      reached: rate >= JOBS_PER_SECOND_MIN,
    },
    limit("From asking for a job to its prompt, when idle, p99", quantileOf(pickUpMs, 0.99), {
      max: PICK_UP_P99_MAX_MS,
      unit: "ms",
    }),
  ];
}

/** Every target that the figures speak about. The page is judged on the first network. */
export function judge(figures: Figures, random: () => number): Target[] {
  const { turns, watchDelay, watchLoad, memory, detached, jobs, page, sessionList, administration } = figures;
  const [network] = page ?? [];
  return [
    ...turnTargets(turns, random),
    ...(watchDelay
      ? [
          limit(
            `From the SDK to watchers at ${watchDelay.streams} streams, p50`,
            quantileOf(watchDelay.delaysMs, 0.5),
            { max: DELAY_P50_MAX_MS, unit: "ms" },
          ),
          limit(
            `From the SDK to watchers at ${watchDelay.streams} streams, p99`,
            quantileOf(watchDelay.delaysMs, 0.99),
            { max: DELAY_P99_MAX_MS, unit: "ms" },
          ),
        ]
      : []),
    ...(watchLoad ? loadTargets(watchLoad, random) : []),
    ...(memory
      ? [
          limit("Idle session in the app", memory.perIdleSession.liveBytes / 1e3, {
            max: IDLE_SESSION_MAX_KB,
            unit: "kB",
          }),
          limit("Open watch in the app", memory.perOpenWatch.liveBytes / 1e3, {
            max: WATCH_MAX_KB,
            unit: "kB",
          }),
        ]
      : []),
    ...(detached ? detachedTargets(detached, random) : []),
    ...(jobs ? jobTargets(jobs) : []),
    ...(network
      ? [
          limit("Chat page, transferred", network.transferredBytes / 1e3, { max: PAGE_MAX_KB, unit: "kB" }),
          limit(`Chat page, LCP on ${network.network}`, network.lcpMs, { max: LCP_MAX_MS, unit: "ms" }),
        ]
      : []),
    ...(sessionList ? listTargets(sessionList) : []),
    ...(administration ? administrationTargets(administration) : []),
  ];
}
