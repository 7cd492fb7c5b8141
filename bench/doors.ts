import superjson from "superjson";
import type { NewToken } from "@/lib/contracts/tokens";
import type { FlightdeckClient } from "./arms/flightdeck-client";
import { timeInTurns } from "./asks";

/** One way in, and how long the same list took through it, in milliseconds. */
export type Door = { name: string; ms: number[] };
/** The first door is the one that a browser takes. */
export type DoorsResult = { sessions: number; doors: Door[] };

type Options = {
  client: FlightdeckClient;
  samples: number;
  warmUp: number;
  random(): number;
};

const SESSIONS = 20;

/** How long a person's list of sessions takes through each door that there is: tRPC and REST, each with a browser's
 *  login and with an API token. One call at a time; the doors take turns in a random order. */
export async function measureDoors(options: Options): Promise<DoorsResult> {
  const { client, samples, warmUp, random } = options;
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
  const ask = ({ path, headers }: (typeof asks)[number]) => client.read(path, headers);
  const measured = await timeInTurns(asks, ask, { warmUp, samples, random });
  return {
    sessions: SESSIONS,
    doors: asks.map((each) => ({ name: each.name, ms: measured.get(each) ?? [] })),
  };
}
