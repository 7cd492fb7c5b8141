"use client";

import { ChartNoAxesColumn, Table2 } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { Button } from "../ui/button";
import { CHART_HEIGHT_PX } from "./frame";

type ChartCardProps = {
  title: string;
  /** The one number of the whole range, and what is to be known of it. */
  total: string;
  note: string;
  chart: ReactNode;
  /** The same numbers as a table. */
  table: ReactNode;
};

/** A chart under its heading; a button puts a table with the same numbers in its place. */
export function ChartCard({ title, total, note, chart, table }: ChartCardProps) {
  const [showsTable, setShowsTable] = useState(false);
  const id = useId();
  const Icon = showsTable ? ChartNoAxesColumn : Table2;
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-xl border bg-raised p-4">
      <div className="flex items-center gap-3">
        <h2 id={id} className="min-w-0 flex-1 truncate text-[0.8125rem] font-medium text-muted-foreground">
          {title}
        </h2>
        <Button
          variant="ghost"
          size="sm"
          aria-label={`${showsTable ? "Show as chart" : "Show as table"}: ${title}`}
          className="-my-1.5 -mr-2 font-normal! text-xs!"
          onClick={() => setShowsTable(!showsTable)}
        >
          <Icon aria-hidden className="size-3.5" />
          {showsTable ? "Show as chart" : "Show as table"}
        </Button>
      </div>
      <p className="mt-0.5 flex flex-wrap items-baseline gap-x-2">
        <span className="text-xl font-semibold tracking-tight tabular-nums">{total}</span>
        <span className="text-xs text-muted-foreground">{note}</span>
      </p>
      <div className="mt-3" style={{ height: CHART_HEIGHT_PX }}>
        {showsTable ? (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
          <section aria-labelledby={id} tabIndex={0} className="h-full overflow-auto rounded-lg border">
            {table}
          </section>
        ) : (
          chart
        )}
      </div>
    </section>
  );
}
