import type { StepNames } from "./steps";

/** What a mark is painted with: a colour of the theme, set as the text colour so that marks take `currentColor`. */
export const TONES = {
  accent: "text-accent",
  caution: "text-caution",
  danger: "text-danger",
  muted: "text-muted-foreground/65",
} as const;
export type Tone = keyof typeof TONES;

/** Told apart without colour as well. */
export type Look = "solid" | "hatched" | "line" | "dashed";

/** One of the numbers that a chart shows of every step. `read`: null where a step has none. */
export type Series<Step> = {
  key: string;
  label: string;
  tone: Tone;
  look: Look;
  read(step: Step): number | null;
};

/** What a chart over time shows. `format` writes a value in full, `formatAxis` shortly; `names` names the steps. */
export type StepData<Step> = {
  steps: readonly Step[];
  series: readonly Series<Step>[];
  names: StepNames;
  format(value: number): string;
  formatAxis(value: number): string;
};

/** A value as it is written, and a dash where there is none. */
export const valueText = (value: number | null, format: (value: number) => string): string =>
  value === null ? "–" : format(value);
