import type { QueuePlace, TurnRow } from "@/server/domain/turns/store";
import type { Limits } from "@/server/domain/turns/types";
import type { Tables } from "./tables";

type Waiting = QueuePlace & { share: number };

/** What a turn has to bring to be admitted. */
export type Asking = {
  turnId: string;
  owner: string;
  preferredId: string | null;
  servers: readonly string[];
} & Pick<Limits, "turnsPerServer" | "turnsPerPerson">;

const byAge = (one: TurnRow, other: TurnRow) =>
  one.createdAt.getTime() - other.createdAt.getTime() || (one.id < other.id ? -1 : 1);

const ownerOf = (tables: Tables, { sessionId }: TurnRow) => tables.sessions.get(sessionId)?.ownerId ?? "";

const withStatus = (tables: Tables, status: TurnRow["status"]) =>
  [...tables.turns.values()].filter((turn) => turn.status === status);

/** `waiting_turns` of the migration. */
export function waitingTurns(tables: Tables, perPerson: number): Waiting[] {
  const shares = new Map<string, number>();
  const grow = (owner: string) => {
    const share = (shares.get(owner) ?? 0) + 1;
    shares.set(owner, share);
    return share;
  };
  for (const turn of withStatus(tables, "running")) grow(ownerOf(tables, turn));
  const places = new Map<string, number>();
  return withStatus(tables, "queued")
    .sort(byAge)
    .map((turn) => ({ turn, owner: ownerOf(tables, turn) }))
    .map((each) => ({ ...each, share: grow(each.owner) }))
    .sort((a, b) => a.share - b.share || byAge(a.turn, b.turn))
    .map(({ turn, owner, share }) => {
      const isNext = share <= perPerson;
      const line = isNext ? "" : owner;
      const position = (places.get(line) ?? 0) + 1;
      places.set(line, position);
      return { turnId: turn.id, sessionId: turn.sessionId, share, isNext, position };
    });
}

/** `room_on_servers` of the migration. */
export function roomOnServers(tables: Tables, servers: readonly string[], perServer: number) {
  const running = withStatus(tables, "running");
  return servers.map((id) => {
    const used = running.filter(({ cliServer }) => cliServer === id).length;
    return { id, room: Math.max(0, perServer - used) };
  });
}

export const freeRoom = (rooms: { room: number }[]): number => rooms.reduce((sum, { room }) => sum + room, 0);

/** `admit_turn` of the migration. */
export function admitTurn(tables: Tables, asking: Asking): string | null {
  const { turnId, preferredId, servers, turnsPerServer, turnsPerPerson } = asking;
  const rooms = roomOnServers(tables, servers, turnsPerServer);
  const open = rooms.filter(({ room }) => room > 0);
  const chosen = open.find(({ id }) => id === preferredId) ?? open.toSorted((a, b) => b.room - a.room)[0];
  if (!chosen) return null;
  const waiting = waitingTurns(tables, turnsPerPerson);
  const place = waiting.find((each) => each.turnId === turnId) ?? newPlace(tables, asking, waiting);
  return place.isNext && place.position <= freeRoom(rooms) ? chosen.id : null;
}

function newPlace(tables: Tables, { owner, turnsPerPerson }: Asking, waiting: Waiting[]) {
  const own = [...withStatus(tables, "running"), ...withStatus(tables, "queued")];
  const share = own.filter((turn) => ownerOf(tables, turn) === owner).length + 1;
  const before = waiting.filter((each) => each.isNext && each.share <= share);
  return { isNext: share <= turnsPerPerson, position: before.length + 1 };
}
