import type { SessionEvent } from "@github/copilot-sdk";
import { describe, expect, it } from "vitest";
import { recalledIn } from "./journal";

const event = (type: string, data: object = {}, more: object = {}) =>
  ({ id: `${type}-id`, timestamp: "", parentId: null, type, data, ...more }) as unknown as SessionEvent;
const prompt = (turnId: string) =>
  event("user.message", { content: "x", source: `turn:${turnId}`, messageId: `prompt ${turnId}` });
const message = (content: string, toolRequests: object[] = [], more: object = {}) =>
  event("assistant.message", { messageId: "m", content, toolRequests, ...more });

describe("what a journal says of a turn's prompt", () => {
  it.each<[string, SessionEvent[]]>([
    ["an empty one", []],
    ["one that ends with another prompt", [prompt("t"), message("a"), prompt("u")]],
    ["a prompt that somebody else sent", [event("user.message", { content: "x" })]],
  ])("nothing: %s", (_, events) => {
    expect(recalledIn(events, "t")).toBeNull();
  });

  it("that it was taken, and not answered", () => {
    const events = [prompt("s"), message("a"), prompt("t"), event("assistant.turn_start")];
    expect(recalledIn(events, "t")).toMatchObject({ prompt: { id: "user.message-id" }, said: [] });
  });

  it("what was said, where it was answered", () => {
    const said = recalledIn([prompt("t"), message("a"), event("session.shutdown")], "t")?.said;
    expect(said).toMatchObject([{ kind: "message", messageId: "m", content: "a" }]);
  });

  it("nothing of what a server that hung says to an older prompt when it wakes up", () => {
    const late = message("late", [], { originatingMessageId: "prompt s" });
    const right = message("right", [], { originatingMessageId: "prompt t" });
    expect(recalledIn([prompt("s"), prompt("t"), late], "t")?.said).toEqual([]);
    expect(recalledIn([prompt("s"), prompt("t"), late, right], "t")?.said).toMatchObject([
      { content: "right" },
    ]);
  });

  it("how it failed, where it failed", () => {
    const error = event("session.error", { errorType: "quota", message: "x" });
    expect(recalledIn([prompt("t"), error], "t")?.said).toMatchObject([
      { kind: "failed", code: "copilot_not_licensed" },
    ]);
  });

  it("that it is not answered, where the message only asks for tools", () => {
    const events = [prompt("t"), message("a", [{}])];
    expect(recalledIn(events, "t")?.said).toEqual([]);
  });
});
