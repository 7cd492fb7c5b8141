// Answers the rows of the table `questions`, one at a time. Run as many as there is work for. It may be killed at any
// time: the row's id is the prompt's idempotency key, so whoever takes the row next gets the answer of the first time.
import { setTimeout as sleep } from "node:timers/promises";
import { createFlightdeck, FlightdeckError } from "flightdeck-client";
import { Client } from "pg";
import { answerNext, createTable, openNext, type Question } from "./questions.js";

const LOOK_EVERY_MS = 1_000;

const { FLIGHTDECK_URL: url, FLIGHTDECK_TOKEN: token, DATABASE_URL: connectionString } = process.env;
if (!url || !token || !connectionString)
  throw new Error("Set FLIGHTDECK_URL, FLIGHTDECK_TOKEN and DATABASE_URL.");

const { api, ask } = createFlightdeck({ url, token });
const database = new Client({ connectionString });
await database.connect();
await createTable(database);

/** Whether the server is away, or full: the question stays where it is. */
const isForLater = (error: unknown): boolean =>
  error instanceof FlightdeckError &&
  error.retryable &&
  (error.http !== null || error.code === "unreachable");

async function answer({ id, prompt, session_id: sessionId }: Question) {
  try {
    return { answer: await ask(prompt, { sessionId, idempotencyKey: `question-${id}` }).text };
  } catch (error) {
    if (isForLater(error) || !(error instanceof FlightdeckError)) throw error;
    return { error: error.code };
  }
}

for (;;) {
  try {
    const opened = await openNext(database, async () => (await api.sessions.create.mutate()).id);
    const answered = await answerNext(database, answer);
    if (!opened && !answered) await sleep(LOOK_EVERY_MS);
  } catch (error) {
    if (!isForLater(error)) throw error;
    console.log(`Later: ${(error as FlightdeckError).message}`);
    await sleep(LOOK_EVERY_MS);
  }
}
