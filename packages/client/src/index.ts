export type { FlightdeckApi } from "./api.js";
export type { AppRouter } from "./app-router.js";
export type { Answer, AnswerPiece } from "./ask/answer.js";
export type { Ask, AskOptions } from "./ask/ask.js";
export { FlightdeckError, type FlightdeckErrorCode } from "./error.js";
export { createFlightdeck, type Flightdeck, type FlightdeckOptions } from "./flightdeck.js";
export type * from "./generated/router.js";
export type { Fetch } from "./request.js";
export type { Watch, WatchOptions } from "./watch/watch.js";
