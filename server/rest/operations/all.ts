import type { Operation } from "../operation";
import { CHAT } from "./chat";
import { JOBS } from "./jobs";
import { ME } from "./me";
import { MODELS } from "./models";
import { SESSIONS } from "./sessions";
import { TOKENS } from "./tokens";
import { TURNS } from "./turns";

/** Everything that can be done over REST, in the order in which it is described. */
export const OPERATIONS: readonly Operation[] = [
  ...[...CHAT, ...SESSIONS, ...TURNS, ...JOBS, ...MODELS],
  ...[...TOKENS, ...ME],
];
