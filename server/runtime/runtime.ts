import type { Runtime } from "./boot";

// Next loads instrumentation and each route from separate bundles: module state would be there several times, so
// the one runtime of the process hangs on globalThis.
const KEY = Symbol.for("flightdeck.runtime");

type Holder = { [KEY]?: Promise<Runtime> };

/** The process's one runtime, booted at the first call. Rejects where a setting is wrong or the database cannot be
 *  reached at start. */
export function getRuntime(): Promise<Runtime> {
  const holder = globalThis as Holder;
  holder[KEY] ??= import("./boot").then(({ boot }) => boot());
  return holder[KEY];
}
