import { Agent, request } from "node:http";
import superjson from "superjson";
import type { NewToken } from "@/lib/contracts/tokens";
import type { FlightdeckClient } from "./arms/flightdeck-client";
import { timeInTurns } from "./asks";
import type { BenchStack } from "./stack";

/** One way in, and how long the same list took through it, in milliseconds. */
export type Door = { name: string; ms: number[] };
/** The first door is the one that a browser takes. */
export type DoorsResult = { sessions: number; doors: Door[] };

type Options = {
  stack: BenchStack;
  client: FlightdeckClient;
  samples: number;
  warmUp: number;
  random(): number;
};

const SESSIONS = 20;

/** `get` over one connection that stays open; throws where the answer is not 200. */
function openConnection(appUrl: string) {
  const { port, host } = new URL(appUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = (path: string, headers: Record<string, string>) =>
    new Promise<void>((resolve, reject) => {
      const outgoing = request(
        // By number, and with the host's name beside it, as the app's other clients in this bench.
        { agent, host: "127.0.0.1", port, path, headers: { host, ...headers } },
        (answer) => {
          answer.resume();
          answer.once("end", () => {
            if (answer.statusCode === 200) resolve();
            else reject(new Error(`${path} answered ${answer.statusCode}`));
          });
        },
      );
      outgoing.once("error", reject);
      outgoing.end();
    });
  return { get, close: () => agent.destroy() };
}

/** How long a person's list of sessions takes through each door that there is: tRPC and REST, each with a browser's
 *  login and with an API token. One call at a time; the doors take turns in a random order. */
export async function measureDoors(options: Options): Promise<DoorsResult> {
  const { stack, client, samples, warmUp, random } = options;
  for (let made = 0; made < SESSIONS; made += 1) await client.call("mutation", "sessions.create", {});
  const asked = { name: "bench", scopes: ["sessions:read"], days: 1 };
  const { token } = await client.call<NewToken>("mutation", "tokens.create", asked);
  const trpc = `/api/trpc/sessions.list?input=${encodeURIComponent(superjson.stringify({ limit: SESSIONS }))}`;
  const rest = `/api/v1/sessions?limit=${SESSIONS}`;
  const login = { cookie: client.cookieHeader() };
  const bearer = { authorization: `Bearer ${token}` };
  const asks = [
    { name: "tRPC with a browser's login", path: trpc, headers: login },
    { name: "tRPC with an API token", path: trpc, headers: bearer },
    { name: "REST with a browser's login", path: rest, headers: login },
    { name: "REST with an API token", path: rest, headers: bearer },
  ];
  const connection = openConnection(stack.appUrl);
  try {
    const ask = ({ path, headers }: (typeof asks)[number]) => connection.get(path, headers);
    const measured = await timeInTurns(asks, ask, { warmUp, samples, random });
    return {
      sessions: SESSIONS,
      doors: asks.map((each) => ({ name: each.name, ms: measured.get(each) ?? [] })),
    };
  } finally {
    connection.close();
  }
}
