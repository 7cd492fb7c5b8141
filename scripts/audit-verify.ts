// Run to see whether the audit log is whole: `npm run audit:verify`. Computes the chain of all events again and names the
// first at which it does not hold. Prints the number and hash of the newest one; noted elsewhere,
// `-- --had 1234:HASH` tells later whether that event is still there, as it was. Exits with 1 where anything is wrong.
import { parseArgs } from "node:util";
import { createDb } from "@/server/db/client";
import { createAudit } from "@/server/domain/audit/service";
import { createAuditStore } from "@/server/domain/audit/store";
import { systemClock } from "@/server/platform/clock";
import { withDatabase } from "./lib/database";
import { loadSettings } from "./lib/settings";

const { values } = parseArgs({ options: { had: { type: "string" } } });
const had = /^(\d{1,10}):([0-9a-f]{64})$/.exec(values.had ?? "");
if (values.had !== undefined && !had) {
  console.error(
    "--had takes what this command printed before: the number of an event and its hash, 1234:HASH.",
  );
  process.exit(1);
}

async function verify(url: string): Promise<string | null> {
  const db = createDb(url);
  try {
    const audit = createAudit(createAuditStore(db), systemClock);
    const { events, head, broken } = await audit.verify();
    console.log(`${events} events hold${head === null ? "" : `; the newest: ${events}:${head}`}`);
    if (broken) return `Event ${broken.seq}: ${broken.problem}.`;
    const [, seq = "", hash] = had ?? [];
    if (!had || (await audit.hashAt(Number(seq))) === hash) return null;
    return `Event ${seq} is not there any more as it was.`;
  } finally {
    await db.$disconnect();
  }
}

const problem = await withDatabase(await loadSettings({}), verify);
if (problem !== null) {
  console.error(problem);
  process.exitCode = 1;
}
