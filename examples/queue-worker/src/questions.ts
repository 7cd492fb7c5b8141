import type { Client } from "pg";

export type Question = { id: string; prompt: string; session_id: string };

const TABLE = `CREATE TABLE IF NOT EXISTS questions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  prompt text NOT NULL,
  session_id uuid,
  answer text,
  error text
)`;

const WAITING = "answer IS NULL AND error IS NULL";

/** The next row that waits and that no other worker has: its lock ends with the transaction, or with the worker. */
const nextSql = (having: string) =>
  `SELECT id, prompt, session_id FROM questions WHERE ${WAITING} AND ${having} ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`;

export const createTable = async (database: Client): Promise<void> => void (await database.query(TABLE));

async function inTransaction<Result>(database: Client, work: () => Promise<Result>): Promise<Result> {
  await database.query("BEGIN");
  try {
    const result = await work();
    await database.query("COMMIT");
    return result;
  } catch (error) {
    await database.query("ROLLBACK");
    throw error;
  }
}

/** Gives the next question a session, for good: a worker that comes after must ask in the same one. */
export const openNext = (database: Client, open: () => Promise<string>): Promise<boolean> =>
  inTransaction(database, async () => {
    const { rows } = await database.query<Question>(nextSql("session_id IS NULL"));
    const [question] = rows;
    if (!question) return false;
    await database.query("UPDATE questions SET session_id = $2 WHERE id = $1", [question.id, await open()]);
    return true;
  });

/** Has the next question answered, and stores the answer, or the code with which it failed. */
export const answerNext = (
  database: Client,
  ask: (question: Question) => Promise<{ answer?: string; error?: string }>,
): Promise<boolean> =>
  inTransaction(database, async () => {
    const { rows } = await database.query<Question>(nextSql("session_id IS NOT NULL"));
    const [question] = rows;
    if (!question) return false;
    const { answer = null, error = null } = await ask(question);
    await database.query("UPDATE questions SET answer = $2, error = $3 WHERE id = $1", [
      ...[question.id, answer, error],
    ]);
    console.log(`Question ${question.id}: ${error ?? "answered"}`);
    return true;
  });
