import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "undici";

// The CLI ignores NODE_OPTIONS; a signal opens Node's inspector, always at this port.
const INSPECTOR = "http://127.0.0.1:9229/json/list";
const TRIES = 50;
const TRY_EVERY_MS = 100;
/** Finalizers run between two collections. */
const COLLECTIONS = 3;
const BETWEEN_MS = 300;

export type CliProbe = {
  /** Collects garbage in the CLI server, without which its memory jumps by more than sessions hold. */
  collect(): Promise<void>;
  close(): void;
};

async function inspectorUrl(): Promise<string> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const answer = await fetch(INSPECTOR).catch(() => undefined);
    if (answer) {
      const [target] = (await answer.json()) as { webSocketDebuggerUrl: string }[];
      if (target) return target.webSocketDebuggerUrl;
    }
    await sleep(TRY_EVERY_MS);
  }
  throw new Error(`No inspector came up at ${INSPECTOR}.`);
}

type Answer = { id: number; result: { result?: { value?: unknown } } };

/** Opens Node's inspector in the CLI server `pid`. Throws where another process has the inspector's port. */
export async function openCliProbe(pid: number): Promise<CliProbe> {
  process.kill(pid, "SIGUSR1");
  const socket = new WebSocket(await inspectorUrl());
  const waiting = new Map<number, (answer: Answer) => void>();
  socket.addEventListener("message", ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("The inspector does not answer.")));
  });
  let last = 0;
  const ask = (method: string, params = {}) =>
    new Promise<Answer>((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  const { result } = await ask("Runtime.evaluate", { expression: "process.pid" });
  if (result.result?.value !== pid) {
    socket.close();
    throw new Error(`Another process (${String(result.result?.value)}) has the inspector's port.`);
  }
  return {
    async collect() {
      for (let done = 0; done < COLLECTIONS; done += 1) {
        await ask("HeapProfiler.collectGarbage");
        await sleep(BETWEEN_MS);
      }
    },
    close: () => socket.close(),
  };
}
