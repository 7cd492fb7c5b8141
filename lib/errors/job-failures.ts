import { ERROR_TABLE } from "./table";
import { TURN_FAILURES } from "./turn-failures";

/** Why a job ended `failed` that no turn of its failed for. */
const JOB_FAILURES = {
  deadline_passed: "The job was not done by its deadline, so it was stopped.",
  person_shut_out: "The job's owner may not use this server any more.",
} as const;

const isIn = <Table extends object>(table: Table, code: string): code is Extract<keyof Table, string> =>
  Object.hasOwn(table, code);

/** The sentence for the code of a failed job or turn; null where there is none. */
export function failureMessage(code: string | null): string | null {
  if (code === null) return null;
  if (isIn(JOB_FAILURES, code)) return JOB_FAILURES[code];
  if (isIn(TURN_FAILURES, code)) return TURN_FAILURES[code].message;
  return isIn(ERROR_TABLE, code) ? ERROR_TABLE[code].message : null;
}
