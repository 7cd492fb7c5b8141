/** Less than this, in characters, may be the same by chance. */
export const OVERLAP_CHARS_MIN = 48;

/** How many characters of `later` are the end of `earlier`, where `later` is known to begin somewhere in it; null where that
 *  is not certain: too few are the same, or the text repeats itself. Takes time in proportion to both lengths. */
export function overlapOf(earlier: string, later: string): number | null {
  // Knuth, Morris and Pratt: `borders[n]` is the longest beginning of `later`, shorter than n, that also ends its first n.
  const borders = [0, 0];
  let shared = 0;
  for (let at = 1; at < later.length; at += 1) {
    while (shared > 0 && later[at] !== later[shared]) shared = borders[shared] ?? 0;
    if (later[at] === later[shared]) shared += 1;
    borders.push(shared);
  }
  shared = 0;
  for (let at = 0; at < earlier.length; at += 1) {
    while (shared > 0 && later[shared] !== earlier[at]) shared = borders[shared] ?? 0;
    if (later[shared] === earlier[at]) shared += 1;
  }
  const second = borders[shared] ?? 0;
  return shared >= OVERLAP_CHARS_MIN && second < OVERLAP_CHARS_MIN / 2 ? shared : null;
}
