import { describe, expect, it } from "vitest";
import type { Provider } from "@/lib/contracts/providers";
import {
  draftOf,
  emptyDraft,
  leadsElsewhere,
  newHeader,
  type ProviderDraft,
  readChange,
  readNew,
  withKind,
} from "./provider-draft";

const STORED: Provider = {
  ...{ id: "0199f0c4-7b7e-7c3a-8f00-0123456789ab", name: "Mine", kind: "compatible", wireApi: "completions" },
  ...{ baseUrl: "https://models.example/v1", azureApiVersion: null, hasKey: true, headers: ["x-team"] },
  models: [{ id: "m", name: null, maxPromptTokens: 8_000, maxOutputTokens: null }],
  ...{ disabled: false, version: 3, updatedAt: new Date(0) },
};
const filled = (change: Partial<ProviderDraft> = {}): ProviderDraft => ({
  ...emptyDraft(),
  models: [{ key: "1", id: " gpt-5 ", name: "", prompt: " 1000 ", output: "" }],
  ...change,
});
const problemOf = (draft: ProviderDraft) => {
  const read = readNew(draft);
  return read.ok ? null : read.problem;
};

describe("a new provider", () => {
  it("is read with what was left empty as none", () => {
    expect(readNew(filled({ baseUrl: "https://API.openai.com/v1/" }))).toEqual({
      ok: true,
      input: {
        ...{ name: "OpenAI", kind: "openai", wireApi: "completions", baseUrl: "https://api.openai.com/v1" },
        ...{ azureApiVersion: null, key: null, headers: [], disabled: false },
        models: [{ id: "gpt-5", name: null, maxPromptTokens: 1_000, maxOutputTokens: null }],
      },
    });
  });

  it.each([
    [{ baseUrl: "models.example" }, /whole address/],
    [{ baseUrl: "ftp://models.example" }, /begins with https/],
    [{ baseUrl: "https://u:p@models.example" }, /name and a password/],
    [{ baseUrl: "https://models.example?x" }, /follows a \?/],
    [{ name: " " }, /Give it a name/],
    [{ key: "short" }, /at least 12 characters/],
    [{ key: "with spaces in it" }, /no spaces/],
    [{ models: [] }, /at least one model/],
    [{ models: [{ key: "1", id: "a", name: "", prompt: "many", output: "" }] }, /number of tokens/],
    [{ headers: [{ ...newHeader(), name: "host", value: "x" }] }, /not yours to set/],
    [{ headers: [{ ...newHeader(), name: "x y", value: "x" }] }, /no name of a header/],
    [{ headers: [{ ...newHeader(), name: "x", value: "" }] }, /Give the header a value/],
  ] satisfies [Partial<ProviderDraft>, RegExp][])("that is wrong is told so: %j", (change, problem) => {
    expect(problemOf(filled(change))).toMatch(problem);
  });

  it("of another kind takes over what a person has not written", () => {
    const anthropic = withKind(emptyDraft(), "anthropic");
    expect(anthropic).toMatchObject({
      ...{ name: "Anthropic", wireApi: "messages", baseUrl: "https://api.anthropic.com" },
    });
    const own = withKind({ ...emptyDraft(), name: "Ours", baseUrl: "https://x.example" }, "compatible");
    expect(own).toMatchObject({ name: "Ours", wireApi: "completions", baseUrl: "https://x.example" });
  });
});

describe("a change", () => {
  it("keeps the key and the headers that were not given again", () => {
    const read = readChange(draftOf(STORED), STORED);
    expect(read).toMatchObject({ ok: true, input: { version: 3, headers: [{ name: "x-team" }] } });
    expect(read.ok && "key" in read.input).toBe(false);
  });

  it("replaces them where they were, and removes the key where that was asked", () => {
    const draft = draftOf(STORED);
    const headers = draft.headers.map((header) => ({ ...header, value: "blue" }));
    expect(readChange({ ...draft, key: "a-new-key-of-mine", headers }, STORED)).toMatchObject({
      input: { key: "a-new-key-of-mine", headers: [{ name: "x-team", value: "blue" }] },
    });
    expect(readChange({ ...draft, removesKey: true }, STORED)).toMatchObject({ input: { key: null } });
  });

  it("leads elsewhere where scheme, name or port differ, and not by its path", () => {
    const elsewhere = (url: string) => leadsElsewhere(STORED, url);
    expect(["https://models.example/v2", "not yet"].map(elsewhere)).toEqual([false, false]);
    const others = ["http://models.example/v1", "https://models.example:8443", "https://evil.example/v1"];
    expect(others.map(elsewhere)).toEqual([true, true, true]);
  });
});
