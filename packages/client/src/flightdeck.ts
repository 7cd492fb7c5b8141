import { createApi, type FlightdeckApi } from "./api.js";
import { type Ask, createAsk } from "./ask/ask.js";
import { createRequest, type Fetch } from "./request.js";
import { sleep } from "./retry.js";
import { createWatch, type Watch } from "./watch/watch.js";

export type FlightdeckOptions = {
  /** Where people open the server, e.g. `https://flightdeck.example.com`. */
  url: string;
  /** An API token, made on the server's page Settings → API tokens. */
  token: string;
  /** Takes the place of the global `fetch`. */
  fetch?: Fetch | undefined;
};

export type Flightdeck = {
  /** Every query and mutation of the server, typed: `api.sessions.list.query()`. A call is made once, and rejects with
   *  a `FlightdeckError`. */
  api: FlightdeckApi;
  watch: Watch;
  ask: Ask;
};

/** The client of one server, as the person whose token it is. Opens nothing by itself, so there is nothing to close. */
export function createFlightdeck({ url, token, fetch = globalThis.fetch }: FlightdeckOptions): Flightdeck {
  const endpoint = `${url.replace(/\/+$/, "")}/api/trpc`;
  // Browsers refuse a `fetch` that is called as somebody's method.
  const request = createRequest({ token, fetch: (address, init) => fetch(address, init) });
  const api = createApi({ endpoint, request });
  const watch = createWatch({ endpoint, request, sleep });
  return { api, watch, ask: createAsk({ api, watch }) };
}
