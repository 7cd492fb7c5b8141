import { checkAskedOnce, checkIdentity } from "./checks/model-calls";
import { checkComplete, checkOrder, checkSame } from "./checks/numbers";
import { checkAcknowledged, checkOneId, checkSettled } from "./checks/prompts";
import { checkText } from "./checks/texts";
import type { CheckName, Violation } from "./checks/violation";
import type { Evidence } from "./history";

const CHECKS: Record<CheckName, (evidence: Evidence) => Violation[]> = {
  acknowledged: checkAcknowledged,
  "one-id": checkOneId,
  order: checkOrder,
  complete: checkComplete,
  same: checkSame,
  text: checkText,
  settled: checkSettled,
  "asked-once": checkAskedOnce,
  identity: checkIdentity,
};

/** Every invariant that `evidence` shows broken; none for a history in which all held. Pure. */
export const findViolations = (evidence: Evidence): Violation[] =>
  Object.values(CHECKS).flatMap((check) => check(evidence));
