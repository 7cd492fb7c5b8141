import type { InfiniteData, QueryClient, QueryFilters } from "@tanstack/react-query";
import type { SessionPage, SessionSummary } from "@/lib/contracts/sessions";

type CachedPages = InfiniteData<SessionPage, string | null>;

/** Changes the rows of every cached list that matches `filter`. A list that was due to be asked again stays due: what
 *  is changed here is what one event says, not what the server would answer. `edit` answers its argument itself
 *  where nothing changes. */
export function editLists(
  queries: QueryClient,
  filter: QueryFilters,
  edit: (items: SessionSummary[]) => SessionSummary[],
): void {
  for (const query of queries.getQueryCache().findAll(filter)) {
    const { data, dataUpdatedAt, isInvalidated } = query.state;
    const old = data as CachedPages | undefined;
    if (!old) continue;
    const pages = old.pages.map((page) => {
      const items = edit(page.items);
      return items === page.items ? page : { ...page, items };
    });
    if (pages.every((page, index) => page === old.pages[index])) continue;
    queries.setQueryData<CachedPages>(query.queryKey, { ...old, pages }, { updatedAt: dataUpdatedAt });
    if (isInvalidated) query.invalidate();
  }
}

/** One row of a list changed; the list itself where it does not have it. */
export const withChanged = (items: SessionSummary[], id: string, change: Partial<SessionSummary>) =>
  items.some((item) => item.id === id)
    ? items.map((item) => (item.id === id ? { ...item, ...change } : item))
    : items;

/** A list without one row; the list itself where it does not have it. */
export const without = (items: SessionSummary[], id: string) =>
  items.some((item) => item.id === id) ? items.filter((item) => item.id !== id) : items;
