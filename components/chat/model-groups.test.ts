import { expect, it } from "vitest";
import type { Model } from "@/lib/contracts/models";
import { groupsOf, wordsOf } from "./model-groups";

const model = (id: string, provider: Model["provider"]): Model => ({
  ...{ id, name: id, contextTokens: null, multiplier: null, vision: false, reasoning: false, provider },
});
const own = { name: "Office Ollama", shared: false };
const shared = { name: "Acme", shared: true };

it("models stand by whose they are, each with its place among all", () => {
  const groups = groupsOf([model("a", null), model("b", null), model("c", own), model("d", shared)]);
  expect(
    groups.map(({ label, options }) => [label, options.map((each) => `${each.index} ${each.model.id}`)]),
  ).toEqual([
    ["Copilot", ["0 a", "1 b"]],
    ["Yours", ["2 c"]],
    ["Company", ["3 d"]],
  ]);
  expect(groupsOf([])).toEqual([]);
});

it("a model is found by the name of its provider, too", () => {
  expect(wordsOf(model("qwen", own))).toContain("ollama");
  expect(wordsOf(model("gpt", null))).toContain("gpt");
});
