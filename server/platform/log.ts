import pino, { type Logger } from "pino";

export type Log = Logger;

/** The process's logger: JSON lines on standard output, one wide event per request and per turn. */
export function createLog(level: string): Log {
  return pino({ level, base: { app: "flightdeck" }, timestamp: pino.stdTimeFunctions.isoTime });
}
