import { randomUUID } from "node:crypto";
import type { TurnStatus } from "@/server/db/generated/enums";
import type { Actor } from "@/server/platform/scope";
import type { TestDatabase } from "./database";

const DAY_MS = 86_400_000;

/** A session as it was left; times in days ago. */
export type OldSession = {
  created?: number;
  active?: number;
  archived?: number | null;
  turn?: TurnStatus | null;
  events?: number;
  cliServer?: string;
};

/** Stores a session of a person; answers with its id. */
export async function storeOld(
  { db }: TestDatabase,
  { ownerId }: Actor,
  { created = 0, active = created, archived = null, turn = "succeeded", events = 2, cliServer }: OldSession,
): Promise<string> {
  const id = randomUUID();
  const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
  await db.copilotSession.create({
    data: {
      ...{ id, ownerId, title: `session ${id}`, createdAt: ago(created), lastActivityAt: ago(active) },
      archivedAt: archived === null ? null : ago(archived),
    },
  });
  await db.sessionHead.create({ data: { sessionId: id, lastSeq: events, cliServer: cliServer ?? null } });
  await db.event.createMany({
    data: Array.from({ length: events }, (_, n) => ({
      ...{ sessionId: id, seq: n + 1, type: "user.message", data: { content: "p" } },
    })),
  });
  if (turn) {
    await db.turn.create({ data: { sessionId: id, idempotencyKey: "k", prompt: "p", seq: 1, status: turn } });
  }
  return id;
}
