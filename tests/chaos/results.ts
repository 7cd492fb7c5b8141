import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { renderReport, type Taken } from "./report";

/** The figures, and the page that is made of them. */
export type ResultFiles = { data: string; page: string };

/** Puts one scenario's result in the place of its former one, so that what was measured stays when a later scenario is
 *  broken off, and one scenario can be run again. `order` names all scenarios; a result of any other is dropped. */
export function keepResult(files: ResultFiles, order: string[], taken: Taken): void {
  const former = existsSync(files.data) ? (JSON.parse(readFileSync(files.data, "utf8")) as Taken[]) : [];
  const byName = new Map([...former, taken].map((each) => [each.outcome.scenario.name, each]));
  const all = order.flatMap((name) => byName.get(name) ?? []);
  writeFileSync(files.data, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(files.page, renderReport(all));
}
