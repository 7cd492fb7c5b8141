import type { SessionPage } from "@/lib/contracts/sessions";
import { createDb, type Db } from "@/server/db/client";
import { type FlightdeckClient, signInToFlightdeck } from "./arms/flightdeck-client";
import { cursorOfPage, timeInTurns } from "./asks";
import type { BenchStack } from "./stack";

/** How long one way to ask for the list takes, in milliseconds, on the small and on the large table. */
export type ListCase = { name: string; isSearch: boolean; smallMs: number[]; largeMs: number[] };
export type SessionListResult = { small: Spread; large: Spread; cases: ListCase[] };

/** Whose sessions there are: of one person with many, of one with a hundred, and of others with a hundred each. */
export type Spread = { heavy: number; usual: number; others: number };

type Options = {
  stack: BenchStack;
  heavy: FlightdeckClient;
  samples: number;
  large: Spread;
  random(): number;
};

const EACH = 100;
const SMALL: Spread = { heavy: 500, usual: EACH, others: 4 };
const HEAVY_LOGIN = "mona";
const USUAL_LOGIN = "hubot";
const OTHER_LOGIN = "list-";
/** Rounds: code that was called less often is not compiled in full yet. */
const WARM_UP_CALLS = 150;
/** The page that a person reaches by scrolling for a while. */
const LATER_PAGE = 3;
/** Every fiftieth title has this word, and one title of each person the other. */
const COMMON_WORD = "billing";
const RARE_WORD = "axolotl";

export const totalOf = ({ heavy, usual, others }: Spread): number => heavy + usual + others * EACH;

/** Fills up to `spread`: sessions that are there already stay. */
async function fill(db: Db, spread: Spread): Promise<void> {
  const add = (logins: string, upTo: number) => db.$executeRaw`
    WITH session AS (
      INSERT INTO "CopilotSession" ("id", "ownerId", "title", "createdAt", "lastActivityAt")
      SELECT gen_random_uuid(), u."id",
             'Chat ' || n || ' about ' || CASE
               WHEN n = ${EACH / 2}::int THEN ${RARE_WORD} WHEN n % 50 = 0 THEN ${COMMON_WORD} ELSE 'something' END,
             now() - interval '1 year', now() - random() * interval '1 year'
      FROM "User" u CROSS JOIN LATERAL generate_series(
        (SELECT count(*) + 1 FROM "CopilotSession" s WHERE s."ownerId" = u."id" AND s."archivedAt" IS NULL), ${upTo}::int) AS n
      WHERE u."login" LIKE ${logins}
      RETURNING "id")
    INSERT INTO "SessionHead" ("sessionId", "lastSeq") SELECT "id", 20 FROM session`;
  await db.$executeRaw`
    INSERT INTO "User" ("id", "login") SELECT gen_random_uuid(), ${OTHER_LOGIN} || n
    FROM generate_series(1, ${spread.others}::int) AS n ON CONFLICT DO NOTHING`;
  await add(HEAVY_LOGIN, spread.heavy);
  await add(USUAL_LOGIN, spread.usual);
  await add(`${OTHER_LOGIN}%`, EACH);
  // One turn a session of those who ask, as after its first prompt. The list looks for active turns alone, by an index
  // of nothing else, so those of others would only take the time to store them.
  await db.$executeRaw`
    INSERT INTO "Turn" ("id", "sessionId", "idempotencyKey", "prompt", "status", "seq", "endedAt")
    SELECT gen_random_uuid(), s."id", 'k', 'a prompt', 'succeeded', 1, now()
    FROM "CopilotSession" s JOIN "User" u ON u."id" = s."ownerId"
    WHERE u."login" IN (${HEAVY_LOGIN}, ${USUAL_LOGIN}) AND NOT EXISTS (SELECT 1 FROM "Turn" t WHERE t."sessionId" = s."id")`;
  await db.$executeRaw`VACUUM ANALYZE`;
  await db.$executeRaw`CHECKPOINT`;
}

type Ask = { name: string; isSearch: boolean; client: FlightdeckClient; input: Record<string, unknown> };

const list = (client: FlightdeckClient, input: Record<string, unknown>) =>
  client.call<SessionPage>("query", "sessions.list", input);

async function asksOf(name: string, client: FlightdeckClient): Promise<Ask[]> {
  const cursor = await cursorOfPage(LATER_PAGE, (after) => list(client, { cursor: after }));
  return [
    { name: `${name}, first page`, isSearch: false, client, input: {} },
    { name: `${name}, page ${LATER_PAGE}`, isSearch: false, client, input: { cursor } },
    { name: `${name}, search for a common word`, isSearch: true, client, input: { query: COMMON_WORD } },
    { name: `${name}, search for a rare word`, isSearch: true, client, input: { query: RARE_WORD } },
  ];
}

/** `sessions.list` over HTTP, one call at a time, on a small, a large and again a small table; the ways to ask take
 *  turns in a random order. It removes all sessions, and leaves its own: it comes last. */
export async function measureSessionList(options: Options): Promise<SessionListResult> {
  const { stack, heavy, samples, large, random } = options;
  // What a bulk load may leave out: looking up the other side of each reference.
  const db = createDb(
    `${stack.databaseUrl}?options=${encodeURIComponent("-c session_replication_role=replica")}`,
  );
  const usual = await signInToFlightdeck(stack.appUrl, USUAL_LOGIN);
  const people = {
    [`${large.heavy.toLocaleString("en")} own sessions`]: heavy,
    [`${EACH} own sessions`]: usual,
  };

  async function measure(spread: Spread): Promise<Map<string, { isSearch: boolean; ms: number[] }>> {
    await fill(db, spread);
    const asks: Ask[] = [];
    for (const [name, client] of Object.entries(people)) asks.push(...(await asksOf(name, client)));
    const sampling = { warmUp: WARM_UP_CALLS, samples, random };
    const measured = await timeInTurns(asks, ({ client, input }) => list(client, input), sampling);
    return new Map([...measured].map(([{ name, isSearch }, ms]) => [name, { isSearch, ms }]));
  }

  try {
    // The small table before and after the large one: a process that warms up, or a machine that gets busier, is then
    // no advantage of either.
    const before = await measure(SMALL);
    const onLarge = await measure(large);
    await db.$executeRaw`TRUNCATE "CopilotSession" CASCADE`;
    const after = await measure(SMALL);
    return {
      small: SMALL,
      large,
      cases: [...onLarge].map(([name, { isSearch, ms }]) => ({
        ...{ name, isSearch },
        smallMs: [before, after].flatMap((small) => small.get(name)?.ms ?? []),
        largeMs: ms,
      })),
    };
  } finally {
    usual.close();
    await db.$disconnect();
  }
}
