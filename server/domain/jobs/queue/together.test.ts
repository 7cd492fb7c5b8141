import { describe, expect, it } from "vitest";
import { Together } from "./together";

/** Answers each item with its id in capitals, one batch at a time, when it is let. */
function slow(max = 10) {
  const batches: string[][] = [];
  const gates: (() => void)[] = [];
  const together = new Together<{ id: string }, string>(async (items) => {
    batches.push(items.map(({ id }) => id));
    await new Promise<void>((resolve) => gates.push(resolve));
    return new Map(items.filter(({ id }) => id !== "nobody").map(({ id }) => [id, id.toUpperCase()]));
  }, max);
  const next = async () => {
    while (gates.length === 0) await new Promise((resolve) => setImmediate(resolve));
    gates.shift()?.();
  };
  return { together, batches, next };
}

describe("what is done together", () => {
  it("begins at once where nothing else is going on, and gathers what comes meanwhile", async () => {
    const { together, batches, next } = slow();
    const first = together.add({ id: "a" });
    await new Promise((resolve) => setImmediate(resolve));
    const others = [together.add({ id: "b" }), together.add({ id: "c" })];
    await next();
    expect(await first).toBe("A");
    await next();
    expect(await Promise.all(others)).toEqual(["B", "C"]);
    expect(batches).toEqual([["a"], ["b", "c"]]);
  });

  it("has each id once in a batch, and at most so many", async () => {
    const { together, batches, next } = slow(2);
    const all = ["a", "a", "b", "c"].map((id) => together.add({ id }));
    for (let n = 0; n < 2; n += 1) await next();
    expect(await Promise.all(all)).toEqual(["A", "A", "B", "C"]);
    expect(batches).toEqual([
      ["a", "b"],
      ["a", "c"],
    ]);
  });

  it("is answered with nothing where there is no answer, and goes on after a failure", async () => {
    const { together, next } = slow();
    const nobody = together.add({ id: "nobody" });
    await next();
    expect(await nobody).toBeUndefined();
    let fails = true;
    const failing = new Together<{ id: string }, string>(async ([item]) => {
      if (fails) throw new Error("away");
      return new Map([[item?.id ?? "", "done"]]);
    }, 1);
    await expect(failing.add({ id: "a" })).rejects.toThrow("away");
    fails = false;
    expect(await failing.add({ id: "a" })).toBe("done");
  });
});
