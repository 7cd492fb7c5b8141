import { range } from "d3-array";
import { type ScaleBand, type ScaleLinear, scaleBand, scaleLinear } from "d3-scale";

/** A chart with its legend and the table in its place are both this high, in pixels, so that nothing moves. */
export const CHART_HEIGHT_PX = 208;

/** Room for the axes around what is drawn, in pixels. */
const GUTTER = { left: 44, right: 4, top: 8, bottom: 22 };
const TICK_ROOM_PX = 56;
const Y_TICKS = 3;
const BAR_GAP = 0.28;

/** Where a chart over time puts what: `x` by the place of a step, `y` by value. In pixels of the chart. */
export type Frame = {
  width: number;
  height: number;
  left: number;
  right: number;
  bottom: number;
  x: ScaleBand<number>;
  y: ScaleLinear<number, number>;
  yTicks: readonly number[];
  xTicksMax: number;
};

type FrameOptions = { width: number; height: number; steps: number; max: number; whole: boolean };

/** The frame of a chart whose largest value is `max`. `whole`: there is nothing between two whole numbers. */
export function frameOf({ width, height, steps, max, whole }: FrameOptions): Frame {
  const left = GUTTER.left;
  const right = Math.max(left + 1, width - GUTTER.right);
  const bottom = height - GUTTER.bottom;
  const x = scaleBand<number>()
    .domain(range(steps))
    .range([left, right])
    .paddingInner(BAR_GAP)
    .paddingOuter(BAR_GAP / 2);
  const y = scaleLinear()
    .domain([0, Math.max(max, 1)])
    .nice(Y_TICKS)
    .range([bottom, GUTTER.top]);
  return {
    ...{ width, height, left, right, bottom, x, y },
    yTicks: y.ticks(Y_TICKS).filter((tick) => !whole || Number.isInteger(tick)),
    xTicksMax: Math.max(1, Math.floor((right - left) / TICK_ROOM_PX)),
  };
}

/** The place of the step that is drawn at `px`; the nearest one for what lies outside. */
export function placeAt({ left, right, x }: Frame, px: number): number {
  const steps = x.domain().length;
  const place = Math.floor(((px - left) / (right - left)) * steps);
  return Math.min(Math.max(place, 0), steps - 1);
}

/** The middle of a step. */
export const middleOf = ({ x }: Frame, place: number): number => (x(place) ?? 0) + x.bandwidth() / 2;
