import { BATCH_AIM_MS, BATCH_ROWS_MAX, BATCH_ROWS_MIN, SESSION_ROWS } from "./tunables";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MINUTES_AN_HOUR = 60;

/** The moment on `day` at `time`, "HH:MM" in UTC. */
function momentOn(day: Date, time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return day.getTime() - (day.getTime() % DAY_MS) + (hours * MINUTES_AN_HOUR + minutes) * MINUTE_MS;
}

/** The last moment at or before `now` at which a run was due. */
export function lastDue(now: Date, time: string): Date {
  const today = momentOn(now, time);
  return new Date(today <= now.getTime() ? today : today - DAY_MS);
}

/** The first moment after `now` at which a run is due. */
export const nextDue = (now: Date, time: string): Date => new Date(lastDue(now, time).getTime() + DAY_MS);

/** `ruledSince`: since when there is a rule in force. `lastRunAt`: when a run started last, by hand or not. */
export type Schedule = { ruledSince: Date | null; lastRunAt: Date | null };

/** Whether a run is due and was not made. Rules that are newer than the last time wait for the next one. */
export function isDue({ ruledSince, lastRunAt }: Schedule, now: Date, time: string): boolean {
  const due = lastDue(now, time);
  return ruledSince !== null && ruledSince <= due && (lastRunAt === null || lastRunAt < due);
}

/** How many rows the next batch may have, after one of `rows` took `tookMs`; `wasFull`: it had nearly as many. */
export function nextBatchRows(rows: number, tookMs: number, wasFull: boolean): number {
  if (tookMs > BATCH_AIM_MS) return Math.max(BATCH_ROWS_MIN, Math.floor(rows / 2));
  if (tookMs < BATCH_AIM_MS / 2 && wasFull) return Math.min(BATCH_ROWS_MAX, rows * 2);
  return rows;
}

/** Rows that go with a session. */
export const weightOf = ({ events }: { events: number }): number => SESSION_ROWS + events;

/** As many from the start of `sessions` as a batch of `rows` has room for; at least one. */
export function firstBatch<Session extends { events: number }>(
  sessions: readonly Session[],
  rows: number,
): { batch: Session[]; weight: number } {
  const batch: Session[] = [];
  let weight = 0;
  for (const session of sessions) {
    if (batch.length > 0 && weight + weightOf(session) > rows) break;
    batch.push(session);
    weight += weightOf(session);
  }
  return { batch, weight };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a conversation on a CLI server may be one of ours: all that we begin or copy are named by a UUID. */
export const mayBeOurs = (conversationId: string): boolean => UUID.test(conversationId);
