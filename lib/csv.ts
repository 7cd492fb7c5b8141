/** One column: its heading, and what a row has in it. `null` is an empty cell; a date is written as ISO 8601 in UTC. */
export type CsvColumn<Row> = { heading: string; value(row: Row): string | number | Date | null };

const LINE_END = "\r\n";
const NEEDS_QUOTES = /[",\r\n]/;
// A spreadsheet takes a cell that begins so for a formula, and would run it.
const LOOKS_LIKE_A_FORMULA = /^[=+\-@\t\r]/;

const quoted = (text: string): string => (NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function cell(value: ReturnType<CsvColumn<never>["value"]>): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  if (value instanceof Date) return value.toISOString();
  return quoted(LOOKS_LIKE_A_FORMULA.test(value) ? `'${value}` : value);
}

/** The rows as CSV (RFC 4180) with a line of headings, each line ended by CRLF. A text that a spreadsheet would take for
 *  a formula gets an apostrophe before it, so that it is shown and not run. */
export function toCsv<Row>(columns: readonly CsvColumn<Row>[], rows: Iterable<Row>): string {
  const lines = [columns.map(({ heading }) => cell(heading)).join(",")];
  for (const row of rows) lines.push(columns.map(({ value }) => cell(value(row))).join(","));
  return lines.join(LINE_END) + LINE_END;
}
