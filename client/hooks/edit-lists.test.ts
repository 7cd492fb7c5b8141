import { type InfiniteData, QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, it } from "vitest";
import type { SessionPage, SessionSummary } from "@/lib/contracts/sessions";
import { editLists, withChanged, without } from "./edit-lists";

const ALL = { queryKey: ["lists"] };
const HERE = ["lists", "here"];
const ELSEWHERE = ["lists", "elsewhere"];

const row = (id: string): SessionSummary => ({
  id,
  title: id,
  model: null,
  archived: false,
  createdAt: new Date(0),
  lastActivityAt: new Date(0),
  lastSeq: 0,
  activeTurn: null,
});
const list = (...ids: string[]): InfiniteData<SessionPage> => ({
  pageParams: [null],
  pages: [{ items: ids.map(row), nextCursor: null }],
});

let queries: QueryClient;
beforeEach(() => {
  queries = new QueryClient();
  queries.setQueryData(HERE, list("a", "b"), { updatedAt: 1_000 });
  queries.setQueryData(ELSEWHERE, list("c"), { updatedAt: 1_000 });
});
const titles = (key: string[]) =>
  queries
    .getQueryData<InfiniteData<SessionPage>>(key)
    ?.pages.flatMap(({ items }) => items.map((item) => item.title));

it("changes a row wherever it stands, and takes one out", () => {
  editLists(queries, ALL, (items) => withChanged(items, "a", { title: "new" }));
  expect([titles(HERE), titles(ELSEWHERE)]).toEqual([["new", "b"], ["c"]]);
  editLists(queries, ALL, (items) => without(items, "a"));
  expect([titles(HERE), titles(ELSEWHERE)]).toEqual([["b"], ["c"]]);
});

it("leaves a list that is due to be asked again due", async () => {
  await queries.invalidateQueries(ALL);
  editLists(queries, ALL, (items) => withChanged(items, "a", { title: "new" }));
  expect(queries.getQueryState(HERE)).toMatchObject({ isInvalidated: true, dataUpdatedAt: 1_000 });
  expect(queries.getQueryState(ELSEWHERE)).toMatchObject({ isInvalidated: true, dataUpdatedAt: 1_000 });
});

it("touches no list in which nothing changes", () => {
  const before = queries.getQueryData(ELSEWHERE);
  editLists(queries, ALL, (items) => withChanged(items, "a", { title: "new" }));
  expect(queries.getQueryData(ELSEWHERE)).toBe(before);
});
