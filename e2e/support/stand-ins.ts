import type { RequestLogEntry } from "@/e2e/simulators/request-log";

export type StandIn = {
  /** Gives one of the instructions of e2e/simulators/README.md. */
  control(instruction: Record<string, unknown>): Promise<void>;
  log(): Promise<RequestLogEntry[]>;
};

async function answered(response: Response): Promise<Response> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return response;
}

/** The stand-in at `url`, as a journey steers it and reads what it was asked. */
export function standInAt(url: string): StandIn {
  return {
    async control(instruction) {
      await answered(await fetch(`${url}/_control`, { method: "POST", body: JSON.stringify(instruction) }));
    },
    log: async () => (await answered(await fetch(`${url}/_log`))).json() as Promise<RequestLogEntry[]>,
  };
}
