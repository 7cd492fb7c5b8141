import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";

const PROGRAM = new URL("./main.ts", import.meta.url).pathname;

it("says where both servers are, and ends cleanly when it is told to", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const ready: { simulator: string; url: string }[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      ready.push(JSON.parse(line) as { simulator: string; url: string });
      if (ready.length === 2) break;
    }
    expect(ready.map(({ simulator }) => simulator)).toEqual(["github", "model"]);
    for (const { url } of ready) {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect((await fetch(`${url}/_log`)).status).toBe(200);
    }
    // An answer that is still running must not keep the program alive.
    const hanging = fetch(`${ready[1]?.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hang" }] }),
    });
    const ended = expect(hanging).rejects.toThrow();
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    await ended;
  } finally {
    child.kill("SIGKILL");
  }
});
