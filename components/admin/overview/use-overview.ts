"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useEffect, useState } from "react";
import { useTRPC } from "@/client/trpc";
import type { OverviewInput } from "@/lib/contracts/overview";
import { daysOf, daysRange, namedRange, RANGE_NAMES } from "./range";

const REFRESH_MS = 5_000;
const RANGE_CHECK_MS = 30_000;

/** What the address says: two days, or else the name of a range that ends now. */
export function useOverviewView() {
  return useQueryStates({
    range: parseAsStringLiteral(RANGE_NAMES).withDefault("7d"),
    from: parseAsString.withDefault(""),
    to: parseAsString.withDefault(""),
  });
}

export type OverviewView = ReturnType<typeof useOverviewView>[0];

/** The range of a view; it moves on as time goes by. `days`: as date fields show it. `isNamed`: it is one that ends now. */
export function useRange({ range: name, from, to }: OverviewView) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), RANGE_CHECK_MS);
    return () => clearInterval(timer);
  }, []);
  const chosen = daysRange({ from, to });
  const range = chosen ?? namedRange(name, now);
  return { range, days: chosen ? { from, to } : daysOf(range), isNamed: chosen === null };
}

/** The figures of a range, and of this moment, live. Those of the former range stay while the next ones are under way. */
export function useOverview({ from, to }: OverviewInput) {
  const trpc = useTRPC();
  return useQuery(
    trpc.admin.overview.queryOptions(
      { from, to },
      {
        placeholderData: keepPreviousData,
        // Where nothing could be fetched the person asks again; else that message would come and go.
        refetchInterval: ({ state }) => (state.data ? REFRESH_MS : false),
      },
    ),
  );
}
