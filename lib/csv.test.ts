import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CsvColumn, toCsv } from "./csv";

type Row = { text: string };
const TEXT: CsvColumn<Row>[] = [{ heading: "Text", value: ({ text }) => text }];
const written = (text: string) => toCsv(TEXT, [{ text }]).slice("Text\r\n".length, -"\r\n".length);

/** What a reader of RFC 4180 finds. */
function parse(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [whole, plain, inQuotes, end] of csv.matchAll(/(?:([^",\r\n]*)|"((?:[^"]|"")*)")(,|\r\n)/g)) {
    if (whole === "") break;
    row.push(inQuotes === undefined ? (plain ?? "") : inQuotes.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe("CSV", () => {
  it("has a line of headings, ends lines with CRLF, and leaves cells of nothing empty", () => {
    const columns: CsvColumn<{ n: number; at: Date | null }>[] = [
      { heading: "Count", value: ({ n }) => n },
      { heading: "At, UTC", value: ({ at }) => at },
    ];
    const rows = [
      { n: -1, at: new Date(0) },
      { n: 2, at: null },
    ];
    expect(toCsv(columns, rows)).toBe('Count,"At, UTC"\r\n-1,1970-01-01T00:00:00.000Z\r\n2,\r\n');
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])("%j is shown by a spreadsheet and not run", (text) => {
    expect(written(text)).toBe(`'${text}`);
  });

  it("a formula behind a carriage return is neither", () => {
    expect(written("\r=1")).toBe(`"'\r=1"`);
  });

  it("gives every text back to a reader, whatever is in it", () => {
    const text = fc.string({ unit: fc.constantFrom("a", '"', ",", "\r", "\n", " ", "ü") });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (rows) => {
        const columns: CsvColumn<[string, string]>[] = [
          { heading: "A", value: ([a]) => a },
          { heading: "B", value: ([, b]) => b },
        ];
        const expected = rows.map((row) => row.map((cell) => (cell.startsWith("\r") ? `'${cell}` : cell)));
        expect(parse(toCsv(columns, rows)).slice(1)).toEqual(expected);
      }),
    );
  });
});
