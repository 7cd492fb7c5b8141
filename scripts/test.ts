// Run before a change is handed in: `npm test`. Checks, unit and integration tests, the build, tests with the real
// Copilot CLI, journeys in a real browser, and a short run of fault injection. `npm test -- unit cli` runs only the parts
// named. Nothing is skipped silently: a part that cannot run fails, and so does a skipped test. The last line is
// `N passed, N failed`.

import { endLeftovers } from "./lib/process-book";
import { onShutdown, sayStopping } from "./lib/shutdown";
import { paint, seconds } from "./lib/steps";
import { type PartResult, runPart, TEST_BOOK, TEST_STAGES } from "./lib/test-parts";

onShutdown(async (reason) => {
  sayStopping(reason);
  await endLeftovers(TEST_BOOK);
});

const wanted = process.argv.slice(2);
const names = TEST_STAGES.flat(2).map(({ name }) => name);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(", ")}. Parts: ${names.join(", ")}`);
  process.exit(1);
}

await endLeftovers(TEST_BOOK);
const startedAt = performance.now();
const results: PartResult[] = [];
for (const lanes of TEST_STAGES) {
  await Promise.all(
    lanes.map(async (parts) => {
      for (const part of parts) {
        if (wanted.length === 0 || wanted.includes(part.name)) results.push(await runPart(part));
      }
    }),
  );
}

// Together at the end, where somebody who has only the last page of the output finds them.
for (const { name, failures } of results) {
  for (const { test, why } of failures) console.log(`\n${paint("red", `${name}: ${test}`)}\n${why}`);
}

const sum = (key: "passed" | "failed") => results.reduce((total, result) => total + result[key], 0);
console.log(`\n${paint("bold", "part          passed  failed     time")}`);
for (const { name, passed, failed, ms, remarks } of results) {
  const row = `${name.padEnd(12)} ${String(passed).padStart(7)} ${String(failed).padStart(7)} ${seconds(ms).padStart(8)}`;
  console.log(
    `${failed > 0 ? paint("red", row) : row}${remarks.length > 0 ? `  ${remarks.join("; ")}` : ""}`,
  );
}
console.log(`${"all".padEnd(28)} ${seconds(performance.now() - startedAt).padStart(8)}\n`);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exit(sum("failed") > 0 ? 1 : 0);
