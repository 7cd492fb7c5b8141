import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseProviderModel, providerModelId, shownModel } from "./provider-model";

const ID = "0199f0c4-7b7e-7c3a-8f00-0123456789ab";

describe("the id of a provider's model", () => {
  it("names the provider and its model, whatever that is called", () => {
    const names = fc.string({ minLength: 1 }).filter((name) => !name.includes("\u0000"));
    fc.assert(
      fc.property(fc.uuid(), names, (providerId, model) => {
        const id = providerModelId(providerId, model);
        expect(parseProviderModel(id)).toEqual({ providerId, model });
        expect(shownModel(id)).toBe(model);
      }),
    );
    expect(shownModel(`provider:${ID}/meta/llama-3:8b`)).toBe("meta/llama-3:8b");
  });

  it.each([
    "provider:",
    `provider:${ID}`,
    `provider:${ID}/`,
    `provider:x/m`,
    `provider:${ID.toUpperCase()}/m`,
    `provider: ${ID}/m`,
  ])("that is malformed (%s) is never taken for one of Copilot's", (id) => {
    expect(parseProviderModel(id)).toEqual({ providerId: "", model: "" });
    expect(shownModel(id)).toBe(id);
  });

  it.each(["gpt-5", "auto", "Provider:x/y", ""])("is none of Copilot's (%s)", (id) => {
    expect(parseProviderModel(id)).toBeNull();
    expect(shownModel(id)).toBe(id);
  });
});
