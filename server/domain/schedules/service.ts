import { RUNS_SHOWN, type Schedule, type ScheduleRunRow } from "@/lib/contracts/schedules";
import { AppError } from "@/lib/errors/app-error";
import { failureMessage } from "@/lib/errors/job-failures";
import type { Clock } from "@/server/platform/clock";
import type { Ids } from "@/server/platform/ids";
import { pageOf, placeIn } from "@/server/platform/places";
import type { Actor } from "@/server/platform/scope";
import type { JobMaking } from "../jobs/types";
import { parseCron, type Timing } from "./cron";
import { jobOf } from "./making";
import type { ScheduleChange, ScheduleRow, ScheduleStore, StoredRun } from "./store";
import type { Schedules } from "./types";

type Deps = { store: ScheduleStore; making: Pick<JobMaking, "toNew">; clock: Clock; ids: Ids };

function timingOf(cron: string, timeZone: string): Timing {
  const parsed = parseCron(cron, timeZone);
  if (parsed.ok) return parsed.timing;
  throw new AppError("invalid_input", { details: { [parsed.field]: parsed.problem } });
}

function toSchedule(row: ScheduleRow, now: Date): Schedule {
  const { id, name, cron, timeZone, prompt, model, sessionId, inSession, overlap, missed } = row;
  const { failuresInRow, maxFailures, pausedAt, pauseCode, nextRunAt, createdAt } = row;
  // What could be read when it was stored may mean nothing to a later version of the time zones.
  const parsed = parseCron(cron, timeZone);
  return {
    ...{ id, name, cron, timeZone, prompt, model, sessionId, inSession, overlap, missed },
    ...{ failuresInRow, maxFailures, nextRunAt, createdAt },
    words: parsed.ok ? parsed.timing.words : cron,
    nextRuns: parsed.ok ? parsed.timing.coming(now, RUNS_SHOWN) : [],
    paused: pausedAt && { at: pausedAt, code: pauseCode, message: failureMessage(pauseCode) },
  };
}

function toRun({ jobId, status, sessionId, code, startedAt, endedAt, ...run }: StoredRun): ScheduleRunRow {
  const isThere = jobId !== null && status !== null;
  const message = failureMessage(code);
  return {
    ...run,
    job: isThere ? { id: jobId, status, sessionId, code, message, startedAt, endedAt } : null,
  };
}

export function createSchedules({ store, making, clock, ids }: Deps): Schedules {
  async function owned(actor: Actor, scheduleId: string): Promise<ScheduleRow> {
    const row = await store.find(actor.ownerId, scheduleId);
    if (!row) throw new AppError("schedule_not_found");
    return row;
  }

  const get = async (actor: Actor, scheduleId: string): Promise<Schedule> =>
    toSchedule(await owned(actor, scheduleId), clock.now());

  async function change(
    actor: Actor,
    scheduleId: string,
    changed: Parameters<ScheduleStore["change"]>[2],
  ): Promise<Schedule> {
    if (!(await store.change(actor, scheduleId, changed))) throw new AppError("schedule_not_found");
    return get(actor, scheduleId);
  }

  async function requireSession({ ownerId }: Actor, sessionId: string | null | undefined): Promise<void> {
    if (sessionId && !(await store.ownsSession(ownerId, sessionId))) throw new AppError("session_not_found");
  }

  return {
    async create(actor, { model = null, sessionId = null, ...input }) {
      const timing = timingOf(input.cron, input.timeZone);
      await requireSession(actor, sessionId);
      const id = ids.uuid();
      const nextRunAt = timing.next(clock.now());
      const inSession = sessionId !== null;
      const isMade = await store.create(actor, { ...input, id, model, sessionId, inSession, nextRunAt });
      if (!isMade) throw new AppError("too_many_schedules");
      return get(actor, id);
    },
    async update(actor, { scheduleId, ...input }) {
      const known = await owned(actor, scheduleId);
      const timing = timingOf(input.cron ?? known.cron, input.timeZone ?? known.timeZone);
      await requireSession(actor, input.sessionId);
      const isMoved = input.cron !== undefined || input.timeZone !== undefined;
      const changed: ScheduleChange = {
        ...input,
        ...(input.sessionId !== undefined && { inSession: input.sessionId !== null }),
        ...(isMoved && known.pausedAt === null && { nextRunAt: timing.next(clock.now()) }),
      };
      return change(actor, scheduleId, { ...changed, action: "schedule.changed" });
    },
    get,
    async list(actor) {
      const now = clock.now();
      return { items: (await store.list(actor.ownerId)).map((row) => toSchedule(row, now)) };
    },
    async delete(actor, scheduleId) {
      if (!(await store.delete(actor, scheduleId))) throw new AppError("schedule_not_found");
    },
    async pause(actor, scheduleId) {
      const known = await owned(actor, scheduleId);
      if (known.pausedAt !== null) return toSchedule(known, clock.now());
      const paused = { pausedAt: clock.now(), pauseCode: null, nextRunAt: null };
      return change(actor, scheduleId, { ...paused, action: "schedule.paused" });
    },
    async resume(actor, scheduleId) {
      const known = await owned(actor, scheduleId);
      if (known.pausedAt === null) return toSchedule(known, clock.now());
      const nextRunAt = timingOf(known.cron, known.timeZone).next(clock.now());
      const resumed = { pausedAt: null, pauseCode: null, failuresInRow: 0, nextRunAt };
      return change(actor, scheduleId, { ...resumed, action: "schedule.resumed" });
    },
    async runNow(actor, scheduleId) {
      const known = await owned(actor, scheduleId);
      const now = clock.now();
      const job = jobOf(making, known, { dueAt: now, byHand: true });
      const jobId = await store.runNow(actor.ownerId, scheduleId, { job, now });
      if (jobId === null) throw new AppError("queue_full");
      return { jobId };
    },
    async runs(actor, { scheduleId, cursor, limit }) {
      await owned(actor, scheduleId);
      const rows = await store.runs(scheduleId, placeIn(cursor), limit + 1);
      const { items, nextCursor } = pageOf(rows, limit, ({ dueAt, id }) => ({ at: dueAt, id }));
      return { items: items.map(toRun), nextCursor };
    },
    preview({ cron, timeZone }) {
      const parsed = parseCron(cron, timeZone);
      if (!parsed.ok) return parsed;
      const { words, coming } = parsed.timing;
      return { ok: true, words, nextRuns: coming(clock.now(), RUNS_SHOWN) };
    },
  };
}
