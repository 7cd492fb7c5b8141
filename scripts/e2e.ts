// Run to see the browser journeys alone: `npm run test:e2e -- [Playwright's own arguments]`. Builds the app where
// needed and starts everything on free ports with fresh data; see e2e/support/global-setup.ts.
import { mkdirSync } from "node:fs";
import { endLeftovers } from "./lib/process-book";
import { onShutdown, sayStopping } from "./lib/shutdown";
import { runJourneys, TEST_BOOK } from "./lib/test-parts";

onShutdown(async (reason) => {
  sayStopping(reason);
  await endLeftovers(TEST_BOOK);
});
mkdirSync(TEST_BOOK, { recursive: true });
const { passed, failed, remarks } = await runJourneys(process.argv.slice(2));
for (const remark of remarks) console.log(remark);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
