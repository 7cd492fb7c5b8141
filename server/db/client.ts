import { PrismaPg } from "@prisma/adapter-pg";
import { DatabaseError, Pool } from "pg";
import { AppError } from "@/lib/errors/app-error";
import { Prisma, PrismaClient } from "./generated/client";
import { createStatementNames } from "./statement-names";

export type Db = ReturnType<typeof createDb>;
export { Prisma };

/** Most connections of this process's pool. */
const POOL_CONNECTIONS_MAX = 20;
/** A query that gets no connection within this time fails, instead of queueing without end. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Different statements that each connection keeps prepared. */
const STATEMENTS_MAX = 200;

// Prisma's codes for "cannot reach", "timed out" and "connection closed", Postgres' own class 57P (shutting down,
// starting up) and 53300 (too many connections), and what the driver says when a socket breaks.
const UNREACHABLE_CODES = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2037"]);
const UNREACHABLE_TEXT =
  /57P0[123]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ended by the other party|Unable to start a transaction|Connection terminated|is not queryable|timeout exceeded when trying to connect|server has closed the connection|Can't reach database/i;

function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  const meta = "meta" in error ? JSON.stringify(error.meta) : "";
  return UNREACHABLE_CODES.has(code) || UNREACHABLE_TEXT.test(`${code} ${error.message} ${meta}`);
}

/** The name of the unique index that a write violated, or null for any other error. */
export function violatedUnique(error: unknown): string | null {
  if (error instanceof DatabaseError) return error.code === "23505" ? (error.constraint ?? "") : null;
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return null;
  if (error.code !== "P2002" && error.code !== "P2010") return null;
  const text = `${JSON.stringify(error.meta)} ${error.message}`;
  return /(?:23505|P2002|UniqueConstraintViolation|duplicate key)/.test(`${text} ${error.code}`)
    ? text
    : null;
}

/** Whether a statement was undone because it took longer than it might (`statement_timeout`). */
export const wasTooLong = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError &&
  /57014/.test(`${JSON.stringify(error.meta)} ${error.message}`);

/** What `asked` gives; rejects with `database_unavailable` where the database could not answer. */
async function mapped<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    throw isUnreachable(error) ? new AppError("database_unavailable", { cause: error }) : error;
  }
}

// To the planner, looking for a word in a text costs as little as comparing two numbers. And what reads much must not take
// the cores from what people wait for.
const PLANNED = `
  BEGIN READ ONLY; SET LOCAL enable_seqscan = off; SET LOCAL max_parallel_workers_per_gather = 0`;

async function planned<Row extends object>(pool: Pool, { text, values }: Prisma.Sql): Promise<Row[]> {
  const client = await pool.connect();
  try {
    await client.query(PLANNED);
    const { rows } = await client.query<Row>({ text, values });
    await client.query("COMMIT");
    client.release();
    return rows;
  } catch (error) {
    // Whatever state its transaction is in: it is not used again.
    client.release(true);
    throw error;
  }
}

/** Opens the pool on `url`. Connections are made when first needed; `db.$disconnect()` ends them. A query that
 *  the database could not answer at all throws `database_unavailable`; then it is unknown whether it was done. */
export function createDb(url: string) {
  const statementName = createStatementNames(STATEMENTS_MAX);
  const pool = new Pool({
    connectionString: url,
    max: POOL_CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  // A broken idle connection is replaced by the pool at the next query; without a listener it would crash us.
  pool.on("error", () => {});
  const adapter = new PrismaPg(pool, {
    onPoolError: () => {},
    onConnectionError: () => {},
    disposeExternalPool: true,
    statementNameGenerator: statementName,
  });
  const client = new PrismaClient({ adapter });
  // Beginning and committing are no operations that an extension's `query` sees.
  const transaction = client.$transaction.bind(client) as (...args: unknown[]) => Promise<unknown>;
  client.$transaction = ((...args: unknown[]) => mapped(transaction(...args))) as typeof client.$transaction;
  return client.$extends({
    client: {
      /** One statement straight to the driver, for the few that run many times a turn: it costs a third of the CPU
       *  of `$queryRaw`. Not part of a transaction. Errors are the driver's, or `database_unavailable`. */
      async $direct<Row extends object>({ text, values }: Prisma.Sql): Promise<Row[]> {
        const asked = pool.query<Row>({ name: statementName({ sql: text }), text, values });
        return (await mapped(asked)).rows;
      },
      /** The same for a statement that only reads, and whose best plan is another for other values: it is planned at each
       *  call, and reads no table from end to end where an index will do. */
      $planned: <Row extends object>(statement: Prisma.Sql): Promise<Row[]> =>
        mapped(planned(pool, statement)),
    },
    query: { $allOperations: ({ args, query }) => mapped(query(args)) },
  });
}
