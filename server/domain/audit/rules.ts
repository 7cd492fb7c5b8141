import { createHash } from "node:crypto";
import type { AuditRow } from "./store";
import type { BrokenLink } from "./types";

/** What stands before the first event. */
export const FIRST_PREVIOUS = "";

/** The end of the chain so far. */
export type Link = { seq: number; hash: string };

const withLength = (field: string | null): string =>
  field === null ? "-" : `${Buffer.byteLength(field)}:${field}`;

/** The hash of an event, computed as the table's trigger does (`audit_hash` in the migration): SHA-256 over its fields,
 *  each with its length, so that no two events read the same. */
export function hashOf(row: Omit<AuditRow, "hash">): string {
  const fields = [
    ...[
      row.previous,
      String(row.seq),
      row.at.toISOString(),
      row.actorId,
      row.actorName,
      row.address,
      row.action,
    ],
    ...[row.targetType, row.targetId, row.targetName, row.result, row.code, row.details],
  ];
  return createHash("sha256").update(fields.map(withLength).join(",")).digest("hex");
}

/** What is wrong with an event that follows `before` (null: the first); null where nothing is. */
export function brokenLink(row: AuditRow, before: Link | null): BrokenLink | null {
  const wanted = (before?.seq ?? 0) + 1;
  if (row.seq !== wanted) return { seq: wanted, problem: "the event is missing" };
  if (row.previous !== (before?.hash ?? FIRST_PREVIOUS)) {
    return { seq: row.seq, problem: "it does not follow the event before, which was changed or replaced" };
  }
  return row.hash === hashOf(row) ? null : { seq: row.seq, problem: "its fields were changed" };
}
