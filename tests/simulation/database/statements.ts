import type { Prisma } from "@/server/db/client";
import {
  type Admission,
  admitSql,
  endSql,
  insertSql,
  insertStartedSql,
  type NewTurn,
  placeSql,
  queueRoomSql,
  startSql,
  titleSql,
  touchSql,
} from "@/server/domain/turns/store";

import type { Limits } from "@/server/domain/turns/types";

/** A statement of the turns room, with its values by name. */
export type Statement = { name: StatementName; values: Record<string, unknown> };

type StatementName = keyof typeof SAMPLES;

const NEW_TURN: NewTurn = {
  ...{ id: "id", sessionId: "sessionId", idempotencyKey: "idempotencyKey" },
  ...{ prompt: "prompt", retryOf: "retryOf", tokenId: "tokenId" },
};

const named = (name: string) => name as never;

const limits = (names: Partial<Record<keyof Limits, string>>) => names as unknown as Limits;

const ADMISSION: Admission = {
  ...{ turnId: "id", owner: named("owner"), preferredId: "preferredId", servers: named("servers") },
  limits: limits({ turnsPerServer: "turnsPerServer", turnsPerPerson: "turnsPerPerson" }),
};
const QUEUE = limits({
  queued: "queued",
  queuedPerPerson: "queuedPerPerson",
  turnsPerPerson: "turnsPerPerson",
});

// Made with the name of each value in its place, which tells where the real ones are.
const SAMPLES = {
  insert: insertSql(NEW_TURN),
  insertStarted: insertStartedSql(NEW_TURN, named("fence"), "model"),
  touch: touchSql("sessionId"),
  title: titleSql("sessionId", "title"),
  admit: admitSql(ADMISSION),
  start: startSql(ADMISSION, named("fence"), "model"),
  place: placeSql("id", named("position")),
  queueRoom: queueRoomSql(named("owner"), QUEUE),
  end: endSql({
    ...{ turnId: "id", from: named("from"), status: "status", code: "code", message: "message" },
    firstTextAt: named("firstTextAt"),
  }),
};

const shapeOf = ({ strings }: Prisma.Sql) => strings.join("?");

const BY_SHAPE = new Map(
  Object.entries(SAMPLES).map(([name, sample]) => [
    shapeOf(sample),
    { name: name as StatementName, names: sample.values.map(String) },
  ]),
);

/** Recognises a statement by its text; throws where it is none of those that the model database knows. */
export function recognise(sql: Prisma.Sql): Statement {
  const known = BY_SHAPE.get(shapeOf(sql));
  if (!known) throw new Error(`The model database does not know this statement: ${sql.sql}`);
  const values: Record<string, unknown> = {};
  for (const [index, name] of known.names.entries()) values[name] = sql.values[index];
  return { name: known.name, values };
}
