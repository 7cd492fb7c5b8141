import type { ServerRow } from "@/lib/contracts/fleet";

const takesTurns = ({ state, draining, restarting }: ServerRow): boolean =>
  (state === "ready" || state === "quarantined") && !draining && !restarting;

// As the server ranks them: a spare stands in for the others, and a quarantined server for spares.
const rankOf = ({ state, isSpare }: ServerRow): number => (state === "quarantined" ? 2 : isSpare ? 1 : 0);

/** The servers that get new turns now. */
export function takersOf(fleet: readonly ServerRow[]): ServerRow[] {
  const taking = fleet.filter(takesTurns);
  const best = Math.min(...taking.map(rankOf));
  return taking.filter((server) => rankOf(server) === best);
}

/** Whether no server would get new turns any more without `chosen`, while some does now. */
export function leavesNone(fleet: readonly ServerRow[], chosen: readonly ServerRow[]): boolean {
  const taking = fleet.filter(takesTurns);
  const gone = new Set(chosen.map(({ id }) => id));
  return taking.length > 0 && taking.every(({ id }) => gone.has(id));
}
