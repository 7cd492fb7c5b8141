import type { CreatedJobs, CreateJobInput } from "@/lib/contracts/jobs";
import { AppError } from "@/lib/errors/app-error";
import { ERROR_TABLE, type ErrorCode } from "@/lib/errors/table";
import type { Bell } from "@/server/db/bell";
import type { Clock } from "@/server/platform/clock";
import { type Place, pageOf, placeIn } from "@/server/platform/places";
import type { Actor } from "@/server/platform/scope";
import type { JobRow, JobStore, KnownJob } from "./store";
import { type JobMaking, type Jobs, jobTopic, type NewJob } from "./types";
import { toJob, toListed } from "./view";
import { watchJob } from "./watch";

type Deps = {
  store: JobStore;
  making: Pick<JobMaking, "toNew">;
  bell: Pick<Bell, "ring" | "listen">;
  clock: Clock;
};

type Result = CreatedJobs["results"][number];

/** Where a row is in a list, newest first. */
export const placeOf = ({ createdAt, id }: { createdAt: Date; id: string }): Place => ({ at: createdAt, id });

const refusal = (code: ErrorCode): Result => ({ ok: false, code, message: ERROR_TABLE[code].message });

export function createJobs({ store, making, bell, clock }: Deps): Jobs {
  async function owned(actor: Actor, jobId: string): Promise<JobRow> {
    const row = await store.find(actor.ownerId, jobId);
    if (!row) throw new AppError("job_not_found");
    return row;
  }

  /** Why jobs were not stored: known by their keys, not in a session of the owner's, or too many. */
  async function explain({ ownerId }: Actor, jobs: NewJob[]): Promise<(job: NewJob) => Result> {
    const known = new Map<string, KnownJob>();
    for (const job of await store.known(
      ownerId,
      jobs.map(({ idempotencyKey }) => idempotencyKey),
    )) {
      known.set(job.idempotencyKey, job);
    }
    const sessionIds = jobs.flatMap(({ sessionId }) => sessionId ?? []);
    const sessions = sessionIds.length > 0 ? await store.owned(ownerId, sessionIds) : new Set<string>();
    return ({ idempotencyKey, asked, sessionId }) => {
      const same = known.get(idempotencyKey);
      if (same && same.asked !== asked) return refusal("idempotency_conflict");
      if (same) return { ok: true, jobId: same.id, status: same.status };
      return refusal(
        sessionId !== undefined && !sessions.has(sessionId) ? "session_not_found" : "queue_full",
      );
    };
  }

  async function make(actor: Actor, inputs: CreateJobInput[]): Promise<Result[]> {
    const jobs = inputs.map((input) =>
      making.toNew(input, { scheduleId: null, ownSession: input.sessionId === undefined }),
    );
    const stored = await store.insert(actor.ownerId, jobs);
    const others = jobs.filter(({ id }) => !stored.has(id));
    const explained = others.length > 0 ? await explain(actor, others) : () => refusal("internal");
    return jobs.map((job) =>
      stored.has(job.id) ? { ok: true, jobId: job.id, status: "queued" } : explained(job),
    );
  }

  return {
    async create(actor, input) {
      const [made] = await make(actor, [input]);
      if (made?.ok) return toJob(await owned(actor, made.jobId));
      throw new AppError((made?.code ?? "internal") as ErrorCode);
    },
    createMany: async (actor, { jobs }) => ({ results: await make(actor, jobs) }),
    get: async (actor, jobId) => toJob(await owned(actor, jobId)),
    async list(actor, { status = null, scheduleId = null, cursor, limit }) {
      const filter = { status, scheduleId, after: placeIn(cursor), limit: limit + 1 };
      const { items, nextCursor } = pageOf(await store.list(actor.ownerId, filter), limit, placeOf);
      return { items: items.map(toListed), nextCursor };
    },
    async cancel(actor, jobId) {
      if (await store.cancel(actor.ownerId, jobId)) bell.ring(jobTopic(jobId));
      return toJob(await owned(actor, jobId));
    },
    async retry(actor, jobId) {
      const isQueued = await store.retry(actor.ownerId, jobId);
      const row = await owned(actor, jobId);
      if (!isQueued) throw new AppError("job_not_retryable");
      bell.ring(jobTopic(jobId));
      return toJob(row);
    },
    async *watch(actor, jobId, options) {
      await owned(actor, jobId);
      const find = async () => {
        const row = await store.find(actor.ownerId, jobId);
        return row && toJob(row);
      };
      yield* watchJob({ find, bell, clock }, jobId, { ...options, owner: actor.ownerId });
    },
  };
}
