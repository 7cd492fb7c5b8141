import { ATTEMPTS_DEFAULT } from "@/lib/contracts/jobs";
import type { JobMaking, NewJob } from "../jobs/types";
import type { ScheduleRow } from "./store";

/** The job of a schedule's moment. The key is the moment's: there is never a second one. */
export function jobOf(
  making: Pick<JobMaking, "toNew">,
  schedule: ScheduleRow,
  { dueAt, byHand }: { dueAt: Date; byHand: boolean },
): NewJob {
  const { id, prompt, model, sessionId, inSession } = schedule;
  return making.toNew(
    {
      ...{ prompt, priority: "normal", maxAttempts: ATTEMPTS_DEFAULT },
      ...(model !== null && { model }),
      ...(sessionId !== null && { sessionId }),
      idempotencyKey: `schedule:${id}:${byHand ? "now" : "due"}:${dueAt.toISOString()}`,
    },
    { scheduleId: id, ownSession: !inSession },
  );
}
