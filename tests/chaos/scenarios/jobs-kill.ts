import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { CreatedJobs, Job, JobPage } from "@/lib/contracts/jobs";
import { ask, type Person } from "../client";
import type { Send } from "../history";
import { exactly, type Figure, pause, type Run, type Scenario, strike } from "../scenario";
import type { Part } from "../stack";

const JOBS = { full: 1_000, short: 60 };
const TOKENS = 20;
const RATE = 20;
const LOOK_EVERY_MS = 500;
/** Jobs that are not done by then are stuck. */
const ALL_MAX_MS = 15 * 60_000;

type Asked = { person: Person; jobId: string; key: string; prompt: string };

async function createAll(run: Run, count: number): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const [n, person] of run.people.entries()) {
    const mine = Array.from({ length: Math.ceil((count - n) / run.people.length) }, () => randomUUID());
    const promptOf = (key: string) => `count tokens=${TOKENS} rate=${RATE} key=${key}`;
    const jobs = mine.map((key) => ({ prompt: promptOf(key), idempotencyKey: key }));
    // Asked for twice, as by a client whose answer was lost.
    const [created] = await Promise.all(
      [1, 2].map(() => ask<CreatedJobs>(person, "mutation", { path: "jobs.createMany", input: { jobs } })),
    );
    for (const [index, result] of (created?.results ?? []).entries()) {
      const key = mine[index] ?? "";
      if (!result.ok) throw new Error(`A job was refused: ${result.code}`);
      asked.push({ person, jobId: result.jobId, key, prompt: promptOf(key) });
    }
  }
  return asked;
}

/** Resolves when no job of these people is queued or running any more. */
async function allEnded(people: Person[]): Promise<void> {
  const deadline = performance.now() + ALL_MAX_MS;
  const input = { status: ["queued", "running"], limit: 1 };
  for (const person of people) {
    while (performance.now() < deadline) {
      const { items } = await ask<JobPage>(person, "query", { path: "jobs.list", input });
      if (items.length === 0) break;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

/** What the checker knows of a prompt: the job's, where one turn was all that it took. */
function sendOf({ person, key, prompt }: Asked, { sessionId, turnId, tries, createdAt }: Job): Send[] {
  if (sessionId === null || turnId === null || tries.length !== 1) return [];
  const atMs = createdAt.getTime() - performance.timeOrigin;
  return [
    {
      ...{ sessionId, login: person.login, key, prompt, tokens: TOKENS, app: 0, atMs, answeredAtMs: atMs },
      ...{ answer: { turnId, seq: 1, status: "succeeded" }, error: null },
    },
  ];
}

function figuresOf(jobs: Job[], asked: Asked[]): Figure[] {
  const succeeded = jobs.filter(({ status }) => status === "succeeded");
  const turns = jobs.flatMap(({ tries }) => tries.filter(({ outcome }) => outcome === "succeeded"));
  return [
    exactly("different jobs", new Set(asked.map(({ jobId }) => jobId)).size, asked.length),
    exactly("jobs that succeeded", succeeded.length, asked.length),
    exactly("successful turns of all jobs", turns.length, asked.length),
    exactly("sessions of all jobs", new Set(jobs.map(({ sessionId }) => sessionId)).size, asked.length),
  ];
}

/** The processes of the app, which carry the jobs, take turns at dying while there is anything to do. */
export const jobsKill: Scenario = {
  name: "jobs-kill",
  fault: `App SIGKILL while ${JOBS.full.toLocaleString("en")} background jobs run, 2 processes`,
  faults: { full: 20, short: 2 },
  async run(run) {
    const { stack, history, people, random, faults } = run;
    const asked = await createAll(run, run.isShort ? JOBS.short : JOBS.full);
    for (let done = 0; done < faults; done++) {
      await pause(random, 1_000, 4_000);
      const app = stack.apps[done % stack.apps.length] as Part;
      await strike(history, app, "SIGKILL");
      await app.service.restart();
      run.progress(done + 1);
    }
    await allEnded(people);
    const jobs: Job[] = [];
    for (const each of asked) {
      const job = await ask<Job>(each.person, "query", { path: "jobs.get", input: { jobId: each.jobId } });
      jobs.push(job);
      history.sends.push(...sendOf(each, job));
    }
    const personOf = new Map(asked.map(({ jobId, person }) => [jobId, person]));
    const sessions = jobs.flatMap(({ id, sessionId }) => {
      const person = personOf.get(id);
      return sessionId !== null && person ? [{ id: sessionId, person }] : [];
    });
    return { sessions, watchers: [], figures: figuresOf(jobs, asked) };
  },
};
