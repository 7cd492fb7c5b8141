import { Client } from "pg";
import { fill } from "@/scripts/lib/seed/fill";
import { stack } from "./stack";

/** What `npm run seed` makes, smaller: enough for several pages of every list. */
const WANTED = { people: 60, sessions: 600, days: 30, seed: 5, eventsPerSession: 12, servers: ["local"] };

/** The number that a query of one row and one column gives. */
export async function countBy(sql: string, ...values: unknown[]): Promise<number> {
  const client = new Client({ connectionString: stack.databaseUrl() });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, string>>(sql, values);
    return Number(Object.values(rows[0] ?? {})[0]);
  } finally {
    await client.end();
  }
}

/** Fills the product's database with a team and what it left behind, once: after a journey that failed Playwright begins
 *  the file anew. */
export async function fillStack(): Promise<void> {
  const there = await countBy(`SELECT count(*) FROM "CopilotSession"`);
  if (there < WANTED.sessions) await fill(stack.databaseUrl(), { ...WANTED, until: new Date() });
}
