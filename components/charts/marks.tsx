"use client";

import { line } from "d3-shape";
import { useId } from "react";
import { cn } from "../ui/cn";
import { type Frame, middleOf } from "./frame";
import { type Series, TONES } from "./series";

type MarksProps<Step> = { frame: Frame; steps: readonly Step[]; series: readonly Series<Step>[] };

const HATCH_PX = 4;
const ROUNDING_PX = 1.5;

/** One bar a step, its series on top of each other, the first one at the bottom. */
export function StackedBars<Step>({ frame: { x, y }, steps, series }: MarksProps<Step>) {
  const id = useId();
  const width = x.bandwidth();
  const top = steps.map(() => 0);
  return series.map(({ key, tone, look, read }) => (
    <g key={key} className={TONES[tone]}>
      {look === "hatched" && (
        <pattern
          id={`${id}${key}`}
          patternUnits="userSpaceOnUse"
          width={HATCH_PX}
          height={HATCH_PX}
          patternTransform="rotate(45)"
        >
          <rect width={HATCH_PX} height={HATCH_PX} fill="currentColor" opacity={0.35} />
          <rect width={HATCH_PX / 2} height={HATCH_PX} fill="currentColor" />
        </pattern>
      )}
      {steps.map((step, place) => {
        const value = read(step) ?? 0;
        if (value === 0) return null;
        const from = top[place] ?? 0;
        top[place] = from + value;
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={place}
            x={x(place)}
            y={y(from + value)}
            width={width}
            height={y(from) - y(from + value)}
            rx={Math.min(ROUNDING_PX, width / 4)}
            fill={look === "hatched" ? `url(#${id}${key})` : "currentColor"}
          />
        );
      })}
    </g>
  ));
}

const DOT_PX = 2;

/** A line through the steps of each series, broken where a step has no value; a value alone is a dot. */
export function Lines<Step>({ frame, steps, series }: MarksProps<Step>) {
  return series.map(({ key, tone, look, read }) => {
    const values = steps.map(read);
    const path = line<number | null>()
      .defined((value) => value !== null)
      .x((_, place) => middleOf(frame, place))
      .y((value) => frame.y(value ?? 0));
    return (
      <g key={key} className={cn(TONES[tone])}>
        <path
          d={path(values) ?? ""}
          fill="none"
          stroke="currentColor"
          strokeWidth={1.75}
          strokeLinejoin="round"
          strokeDasharray={look === "dashed" ? "5 3" : undefined}
        />
        {values.map((value, place) =>
          value !== null && isAlone(values, place) ? (
            <circle
              // biome-ignore lint/suspicious/noArrayIndexKey: a dot is its place
              key={place}
              cx={middleOf(frame, place)}
              cy={frame.y(value)}
              r={DOT_PX}
              fill="currentColor"
            />
          ) : null,
        )}
      </g>
    );
  });
}

const isAlone = (values: readonly (number | null)[], place: number): boolean =>
  (values[place - 1] ?? null) === null && (values[place + 1] ?? null) === null;
