import type { AdminSessionPage } from "@/lib/contracts/admin-sessions";
import { PLACES, THINGS, VERBS } from "@/scripts/lib/seed/words";
import type { FlightdeckClient } from "../arms/flightdeck-client";
import { cursorOfPage, timeInTurns } from "../asks";

/** How long one way to ask takes, in milliseconds. `crosses`: asks for one date in the order of the other. */
export type AdminCase = { name: string; kind: "list" | "overview"; crosses: boolean; ms: number[] };

type Ask = Omit<AdminCase, "ms"> & { path: string; input: Record<string, unknown> };

const DAY_MS = 86_400_000;
const WARM_UP_CALLS = 5;
/** The page that somebody reaches by paging for a while. */
const LATER_PAGE = 5;

const list = (name: string, input: Record<string, unknown>, crosses = false): Ask => ({
  ...{ name, kind: "list", crosses, path: "admin.sessions.list", input },
});

const wordOf = (words: readonly string[]): string => words[0]?.split(" ").at(-1) ?? "";

/** What there is to ask for: somebody with sessions, a server that has some, and the place of a later page. */
type Known = { owner: string; server: string; after: string };

/** What administrators ask for, of sessions up to `until`, by each condition alone and by several. */
function listsOf(until: Date, { owner, server, after }: Known): Ask[] {
  const ago = (days: number) => new Date(until.getTime() - days * DAY_MS);
  const [verb, thing, place] = [VERBS, THINGS, PLACES].map(wordOf);
  const model = "gpt-5-mini";
  return [
    list("first page", {}),
    list(`page ${LATER_PAGE}`, { after }),
    list("oldest first", { sort: "createdAt", descending: false }),
    list("one person's", { owner }),
    list("running", { state: "running" }),
    list("idle", { state: "idle" }),
    list("archived", { state: "archived" }),
    list("one model", { model }),
    list("a model that nobody uses", { model: "nobodys-model" }),
    list("one CLI server", { server }),
    list("a word in the title", { query: thing }),
    list("three words in the title", { query: `${verb} ${thing} ${place}` }),
    list("a word that no title has", { query: "axolotl" }),
    list("active within a week", { activeFrom: ago(7) }),
    list("without activity for 60 days", { activeTo: ago(60) }),
    list("made within a week", { createdFrom: ago(7), sort: "createdAt" }),
    list("older than 60 days", { createdTo: ago(60), sort: "createdAt" }),
    list("one person's, archived", { owner, state: "archived" }),
    list("one person's, with a word", { owner, query: thing }),
    list("one person's, one model, archived", { owner, model, state: "archived" }),
    list("one model, archived, with two words", { model, state: "archived", query: `${thing} ${place}` }),
    list("one person's, a week, one model", { owner, model, activeFrom: ago(7) }),
    list("without activity for 60 days, newest made first", { activeTo: ago(60), sort: "createdAt" }, true),
    list("older than 60 days, last active first", { createdTo: ago(60) }, true),
    list(
      "active within a week, first made first",
      { activeFrom: ago(7), sort: "createdAt", descending: false },
      true,
    ),
  ];
}

const overviewsOf = (until: Date): Ask[] =>
  [1, 7, 30, 90].map((days) => ({
    ...{ name: `${days} day${days === 1 ? "" : "s"}`, kind: "overview", crosses: false },
    ...{ path: "admin.overview", input: { from: new Date(until.getTime() - days * DAY_MS), to: until } },
  }));

export type AskOptions = {
  client: FlightdeckClient;
  until: Date;
  samples: number;
  /** A CLI server on which there are sessions. */
  server: string;
  random(): number;
};

/** The pages of administrators over HTTP, one call at a time; the ways to ask take turns in a random order. */
export async function measureAsks({
  client,
  until,
  samples,
  server,
  random,
}: AskOptions): Promise<AdminCase[]> {
  const page = (input: Record<string, unknown>) =>
    client.call<AdminSessionPage>("query", "admin.sessions.list", input);
  const owner = (await page({})).items[0]?.owner.login;
  if (owner === undefined) throw new Error("There are no sessions.");
  const after = await cursorOfPage(LATER_PAGE, (cursor) => page({ after: cursor ?? undefined }));
  const asks = [...listsOf(until, { owner, server, after }), ...overviewsOf(until)];
  const measured = await timeInTurns(asks, (ask) => client.call("query", ask.path, ask.input), {
    ...{ warmUp: WARM_UP_CALLS, samples, random },
  });
  return [...measured].map(([{ name, kind, crosses }, ms]) => ({ name, kind, crosses, ms }));
}
