import { shuffle } from "simple-statistics";

type Sampling = { warmUp: number; samples: number; random(): number };

/** How long `ask` takes for each of `asks`, in milliseconds: one call at a time, in rounds, in each round all of them
 *  in a random order. `warmUp` rounds come before and are not counted. */
export async function timeInTurns<Ask>(
  asks: readonly Ask[],
  ask: (each: Ask) => Promise<unknown>,
  { warmUp, samples, random }: Sampling,
): Promise<Map<Ask, number[]>> {
  const measured = new Map(asks.map((each) => [each, [] as number[]]));
  for (let round = -warmUp; round < samples; round += 1) {
    for (const each of shuffle([...asks], random)) {
      const startedAt = performance.now();
      await ask(each);
      if (round >= 0) measured.get(each)?.push(performance.now() - startedAt);
    }
  }
  return measured;
}

/** What asks for page `number` of a list, counted from 1, after the pages before it. Throws where there are fewer. */
export async function cursorOfPage(
  number: number,
  list: (cursor: string | null) => Promise<{ nextCursor: string | null }>,
): Promise<string> {
  let cursor: string | null = null;
  for (let page = 1; page < number; page += 1) {
    cursor = (await list(cursor)).nextCursor;
    if (cursor === null) throw new Error("There are too few sessions for a later page.");
  }
  if (cursor === null) throw new Error("The first page has no cursor.");
  return cursor;
}
