/** Runs at most `max` pieces of work at a time; the others wait their turn, first come first served. */
export function createSlots(max: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return async (work) => {
    if (taken >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else taken += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // A slot goes straight to the next in line, so nobody can overtake between.
      if (next) next();
      else taken -= 1;
    }
  };
}
