/** From `atMs` on, a reader had the first `chars` characters of an answer. */
export type Mark = { chars: number; atMs: number };

/** For each piece that was emitted: how long until the watcher had it, in milliseconds. Both lists are in the order of
 *  time. A piece that never arrived gives Infinity. */
export function delaysOf(emitted: readonly Mark[], watched: readonly Mark[]): number[] {
  let index = 0;
  return emitted.map(({ chars, atMs }) => {
    while ((watched[index]?.chars ?? Number.POSITIVE_INFINITY) < chars) index += 1;
    return (watched[index]?.atMs ?? Number.POSITIVE_INFINITY) - atMs;
  });
}
