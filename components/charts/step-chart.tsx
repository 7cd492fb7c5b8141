"use client";

import { max, sum } from "d3-array";
import { CHART_HEIGHT_PX, type Frame, frameOf, middleOf } from "./frame";
import { Lines, StackedBars } from "./marks";
import { Probe } from "./probe";
import type { StepData } from "./series";
import { Legend } from "./swatch";
import { useWidth } from "./use-width";

/** Room for the legend and the gap above it. */
const LEGEND_PX = 28;

type StepChartProps<Step> = {
  /** What the chart shows, in a sentence. */
  label: string;
  kind: "bars" | "lines";
  data: StepData<Step>;
};

/** Numbers over time, as stacked bars of counts or as lines. Pointing at a step, or walking there with the arrow keys,
 *  tells its numbers. */
export function StepChart<Step extends { at: Date }>({ label, kind, data }: StepChartProps<Step>) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const { steps, series } = data;
  const height = CHART_HEIGHT_PX - (series.length > 1 ? LEGEND_PX : 0);
  const valuesOf = (step: Step) => series.map(({ read }) => read(step) ?? 0);
  const frame = frameOf({
    ...{ width, height, steps: steps.length, whole: kind === "bars" },
    max: max(steps, (step) => (kind === "bars" ? sum(valuesOf(step)) : max(valuesOf(step)))) ?? 0,
  });
  const Marks = kind === "bars" ? StackedBars : Lines;
  return (
    <div className="flex h-full flex-col justify-between gap-2">
      <div ref={ref} style={{ height }}>
        {width > 0 && (
          <Probe label={label} frame={frame} data={data}>
            <svg role="img" aria-label={label} width={width} height={height} className="block">
              <Axes frame={frame} data={data} />
              <Marks frame={frame} steps={steps} series={series} />
            </svg>
          </Probe>
        )}
      </div>
      <Legend series={series} />
    </div>
  );
}

const LABEL_GAP_PX = 8;
/** A label nearer to an end than this would be cut off in its middle. */
const HALF_LABEL_PX = 22;

function Axes<Step extends { at: Date }>({ frame, data }: { frame: Frame; data: StepData<Step> }) {
  const { left, right, bottom, height, y, yTicks, xTicksMax } = frame;
  const { steps, names, formatAxis } = data;
  const times = steps.map(({ at }) => at);
  return (
    <g className="fill-muted-foreground text-[11px] tabular-nums">
      {yTicks.map((tick) => (
        <g key={tick} transform={`translate(0 ${Math.round(y(tick)) + 0.5})`}>
          <line x1={left} x2={right} className={tick === 0 ? "stroke-border-strong" : "stroke-border"} />
          <text x={left - LABEL_GAP_PX} dy="0.32em" textAnchor="end">
            {formatAxis(tick)}
          </text>
        </g>
      ))}
      {names.ticks(times, xTicksMax).map((place) => {
        const at = middleOf(frame, place);
        const anchor = at - left < HALF_LABEL_PX ? "start" : right - at < HALF_LABEL_PX ? "end" : "middle";
        return (
          <g key={place}>
            <line x1={at} x2={at} y1={bottom} y2={bottom + 4} className="stroke-border-strong" />
            <text
              x={anchor === "start" ? left : anchor === "end" ? right : at}
              y={height - 5}
              textAnchor={anchor}
            >
              {times[place] && names.axis(times[place])}
            </text>
          </g>
        );
      })}
    </g>
  );
}
