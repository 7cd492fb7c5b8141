"use client";

import { ChartNoAxesColumn } from "lucide-react";
import { clientErrorOf } from "@/client/errors";
import { CHART_HEIGHT_PX } from "../../charts/frame";
import { SectionPage, SectionScroll } from "../../shell/section-page";
import { Button } from "../../ui/button";
import { cn } from "../../ui/cn";
import { EmptyState } from "../../ui/empty-state";
import { FailedState } from "../../ui/failed-state";
import { Lamp } from "../../ui/lamp";
import { Skeleton } from "../../ui/skeleton";
import { Charts } from "./charts";
import { NowFigures } from "./now-figures";
import { RangePicker } from "./range-picker";
import { useOverview, useOverviewView, useRange } from "./use-overview";

const LONGEST = "90d";

export function OverviewPage() {
  const [view, setView] = useOverviewView();
  const { range, days, isNamed } = useRange(view);
  const { data, error, refetch, isPlaceholderData } = useOverview(range);
  const name = isNamed ? view.range : null;
  const isLongest = name === LONGEST;
  return (
    <SectionPage
      title="Overview"
      actions={data && <Liveness problem={error ? clientErrorOf(error).message : null} />}
      filters={
        <RangePicker
          days={days}
          name={name}
          onName={(one) => void setView({ range: one, from: null, to: null })}
          onDays={(chosen) => void setView({ range: null, ...chosen })}
        />
      }
    >
      <SectionScroll>
        {error && !data ? (
          <FailedState message={clientErrorOf(error).message} onRetry={() => void refetch()} />
        ) : (
          <div className="flex flex-1 flex-col gap-3 p-4 md:px-6">
            <NowFigures now={data?.now} />
            {!data ? (
              <ChartsSkeleton />
            ) : data.turns === 0 && !isPlaceholderData ? (
              <EmptyState
                icon={<ChartNoAxesColumn />}
                title="No turns in this range"
                text={
                  isLongest
                    ? "A turn is a prompt and its answer. As soon as the first one ends, it is counted here."
                    : "A turn is a prompt and its answer. It is counted here when it ends; try a longer range."
                }
              >
                {!isLongest && (
                  <Button size="sm" onClick={() => void setView({ range: LONGEST, from: null, to: null })}>
                    Last 90 days
                  </Button>
                )}
              </EmptyState>
            ) : (
              <div
                aria-busy={isPlaceholderData}
                className={cn("space-y-3", isPlaceholderData && "opacity-55")}
              >
                <Charts overview={data} />
                <p className="text-xs text-muted-foreground">
                  Hours are shown in your time zone; days begin at midnight UTC. What was counted stays when
                  sessions or people are deleted.
                </p>
              </div>
            )}
          </div>
        )}
      </SectionScroll>
    </SectionPage>
  );
}

/** Whether what is shown is of this moment. */
function Liveness({ problem }: { problem: string | null }) {
  return (
    <p
      role="status"
      title={problem ?? "Asks again every 5 seconds"}
      className="flex items-center gap-2 pr-2 text-xs text-muted-foreground"
    >
      <Lamp tone={problem ? "caution" : "ok"} small />
      {problem ? "Not up to date" : "Live"}
    </p>
  );
}

/** As high as what comes in its place. */
function ChartsSkeleton() {
  return (
    <div aria-busy className="grid gap-3 lg:grid-cols-2">
      {["turns", "people", "first text", "failures"].map((key) => (
        <div key={key} className="rounded-xl border bg-raised p-4">
          <Skeleton className="mt-1 h-3.5 w-24" />
          <Skeleton className="mt-2 h-5 w-40" />
          <Skeleton className="mt-4 opacity-50" style={{ height: CHART_HEIGHT_PX }} />
        </div>
      ))}
    </div>
  );
}
