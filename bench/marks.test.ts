import { describe, expect, it } from "vitest";
import { delaysOf } from "./marks";

describe("the delay of what was emitted", () => {
  it("counts from each piece to the first moment at which the watcher had all of it", () => {
    const emitted = [
      { chars: 1, atMs: 0 },
      { chars: 2, atMs: 10 },
      { chars: 3, atMs: 20 },
    ];
    const watched = [
      { chars: 1, atMs: 4 },
      { chars: 3, atMs: 25 },
    ];
    expect(delaysOf(emitted, watched)).toEqual([4, 15, 5]);
  });

  it("is endless for what never arrived, so that a loss cannot look fast", () => {
    expect(delaysOf([{ chars: 5, atMs: 1 }], [{ chars: 4, atMs: 2 }])).toEqual([Number.POSITIVE_INFINITY]);
  });
});
