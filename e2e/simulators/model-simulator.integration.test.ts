import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ModelSimulator } from "./model-simulator";
import { startModelSimulator } from "./model-simulator";
import { chatDeltas, postJson } from "./test-support";

let model: ModelSimulator;
beforeAll(async () => {
  model = await startModelSimulator();
});
afterAll(() => model.close());
beforeEach(() => model.reset());

const ask = (prompt: string, signal?: AbortSignal) =>
  postJson(
    `${model.url}/v1/chat/completions`,
    { model: "sim-small", stream: true, messages: [{ role: "user", content: prompt }] },
    { signal },
  );

describe("the engine", () => {
  it("counts completely and ends with the usage it was asked for", async () => {
    const messages = [{ role: "user", content: "count tokens=500 rate=0" }];
    const body = { model: "sim-small", stream: true, stream_options: { include_usage: true }, messages };
    const text = await (await postJson(`${model.url}/v1/chat/completions`, body)).text();
    expect(chatDeltas(text).join("")).toBe(Array.from({ length: 500 }, (_, index) => index + 1).join(" "));
    expect(text).toContain('"completion_tokens":500');
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it("keeps to the rate", async () => {
    const startedAt = performance.now();
    await (await ask("count tokens=50 rate=100")).text();
    const took = performance.now() - startedAt;
    expect(took).toBeGreaterThan(450);
    expect(took).toBeLessThan(2_000);
  });

  it("says the same in every shape, streamed and whole", async () => {
    const messages = [{ role: "user", content: "think rate=0" }];
    const chatWhole = await (
      await postJson(`${model.url}/v1/chat/completions`, { model: "m", messages })
    ).json();
    const responses = await (
      await postJson(`${model.url}/v1/responses`, { model: "m", input: messages })
    ).json();
    const anthropic = await (await postJson(`${model.url}/v1/messages`, { model: "m", messages })).json();
    const content = chatDeltas(await (await ask("think rate=0")).text()).join("");
    expect(content).toContain("write the row first");
    expect(chatWhole).toMatchObject({
      choices: [{ message: { content, reasoning_text: expect.any(String) } }],
    });
    expect(responses).toMatchObject({ output: [{ type: "reasoning" }, { content: [{ text: content }] }] });
    expect(anthropic).toMatchObject({ content: [{ type: "thinking" }, { text: content }] });
  });

  it.each([400, 401, 402, 403, 429, 500])("fails with %i for this prompt only", async (status) => {
    const failed = await ask(`error ${status} retry=7`);
    expect(failed.status).toBe(status);
    expect(failed.headers.get("retry-after")).toBe("7");
    expect(await failed.json()).toMatchObject({
      error: { message: expect.any(String), code: expect.any(String) },
    });
    expect((await ask(`error ${status}`)).headers.get("retry-after")).toBeNull();
    expect((await ask("short rate=0")).status).toBe(200);
  });

  it("breaks off after the tokens it sent, and before any", async () => {
    const cut = await ask("cut tokens=3 rate=0");
    expect(cut.status).toBe(200);
    await expect(cut.text()).rejects.toThrow();
    await expect(ask("down")).rejects.toThrow();
    expect(model.log.since().map(({ script, status, aborted }) => [script, status, aborted])).toEqual([
      ["cut", 200, true],
      ["down", null, true],
    ]);
  });

  it("fails as often as `times` says and then answers", async () => {
    expect((await ask("error 500 times=2 short rate=0")).status).toBe(500);
    expect((await ask("error 500 times=2 short rate=0")).status).toBe(500);
    expect((await ask("error 500 times=2 short rate=0")).status).toBe(200);
  });

  it.each(["hang", "count tokens=1000 rate=20", "slow"])(
    "stops working when the client leaves (%s)",
    async (prompt) => {
      const leave = new AbortController();
      const asked = ask(prompt, leave.signal).then((answer) => answer.text());
      await sleep(150);
      leave.abort();
      await expect(asked).rejects.toThrow();
      await expect.poll(() => model.log.since()[0]?.aborted).toBe(true);
      const sent = model.log.since()[0]?.tokensSent;
      await sleep(150);
      expect(model.log.since()[0]?.tokensSent).toBe(sent);
    },
  );
});
