import { randomUUID } from "node:crypto";
import { CreateJobInput, type Job } from "@/lib/contracts/jobs";
import type { Actor } from "@/server/platform/scope";
import type { TestDatabase } from "./database";
import { eventually, type TestProcess } from "./process";

/** What a job is asked for with: a key of its own where a test does not name one. */
export const jobInput = (change: Partial<Record<keyof CreateJobInput, unknown>> = {}): CreateJobInput =>
  CreateJobInput.parse({ prompt: "hello", idempotencyKey: randomUUID(), ...change });

/** Resolves with a job as soon as it has this status. */
export async function untilJob(
  { jobs }: Pick<TestProcess, "jobs">,
  { actor, jobId }: { actor: Actor; jobId: string },
  ...statuses: Job["status"][]
): Promise<Job> {
  await eventually(async () => (await jobs.get(actor, jobId)).status).toBeOneOf(statuses);
  return jobs.get(actor, jobId);
}

/** Has a queued job start as soon as there is room for it, whatever it waits for. */
export async function hurry({ db }: TestDatabase, jobId: string): Promise<void> {
  await db.$executeRaw`UPDATE "Job" SET "runAt" = now() WHERE "id" = ${jobId}::uuid`;
  await db.$executeRaw`SELECT queue_jobs(ARRAY[${jobId}::uuid])`;
}

/** The prompts that the CLI servers of a pool were given, in order. */
export const promptsGiven = (pool: { servers: readonly { calls: { method: string; value?: string }[] }[] }) =>
  pool.servers.flatMap(({ calls }) =>
    calls.flatMap(({ method, value }) => (method === "send" ? [value] : [])),
  );
