/** A broken invariant: which check saw it, where, and what it saw. */
export type Violation = { check: CheckName; sessionId: string; detail: string };

export type CheckName =
  | "acknowledged"
  | "one-id"
  | "order"
  | "complete"
  | "same"
  | "text"
  | "settled"
  | "asked-once"
  | "identity";

/** Groups `rows` by `keyOf`, each group in the rows' order. */
export function groupBy<Row>(rows: Iterable<Row>, keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
