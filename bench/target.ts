/** One promise about speed or memory, and what was measured. */
export type Target = { what: string; wanted: string; measured: string; reached: boolean };

type Limit = { max: number; unit: string };

/** At most `max`. */
export const limit = (what: string, measured: number, { max, unit }: Limit): Target => ({
  what,
  wanted: `≤ ${max.toLocaleString("en")} ${unit}`,
  measured: `${measured.toLocaleString("en", { maximumFractionDigits: 1 })} ${unit}`,
  reached: measured <= max,
});
