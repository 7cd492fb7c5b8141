import { expect, it } from "vitest";
import { createSlots } from "./slots";

it("runs at most the given number at a time, and all of them in the end, also after failures", async () => {
  const inSlot = createSlots(3);
  let running = 0;
  let most = 0;
  const work = async (index: number) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running -= 1;
    if (index % 4 === 0) throw new Error("failed");
    return index;
  };
  const results = await Promise.allSettled(
    Array.from({ length: 30 }, (_, index) => inSlot(() => work(index))),
  );
  expect(most).toBe(3);
  expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(22);
  expect(await inSlot(async () => "free again")).toBe("free again");
});
