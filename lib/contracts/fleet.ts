import { z } from "zod";
import { Text } from "./text";

export const SERVER_ID_CHARS_MAX = 255;

/** `quarantined`: it answers, but was lost again and again. `down`: it was there, and is not. */
export const ServerState = z.enum(["starting", "ready", "quarantined", "down"]);
export type ServerState = z.infer<typeof ServerState>;

/** A CLI server as the process that was asked sees it. `source`: who named it: CLI_URL, an administrator, or the app,
 *  which starts it itself (`supervised`). `restarting`: it finishes what it has, and is started anew then.
 *  `activeTurns` and `sessions` (those with their conversation there, counted up to 100,000) are of all processes,
 *  `attachedSessions` (those in its memory) of the process that was asked. `latencyMs`: its answer to the last ping. Memory
 *  and children: of the process and all that it has started, where it is supervised here. `upSince`: since when this
 *  process has its connection; `lostTimes`: how often it was lost since this process is there; `lastError` says why it
 *  was, or cannot be reached. */
export const ServerRow = z.object({
  id: z.string(),
  address: z.string(),
  source: z.enum(["settings", "added", "supervised"]),
  state: ServerState,
  draining: z.boolean(),
  restarting: z.boolean(),
  isSpare: z.boolean(),
  version: z.string().nullable(),
  latencyMs: z.number().nullable(),
  activeTurns: z.number().int(),
  turnsMax: z.number().int(),
  attachedSessions: z.number().int(),
  sessions: z.number().int(),
  memoryBytes: z.number().nullable(),
  children: z.number().int().nullable(),
  pid: z.number().int().nullable(),
  upSince: z.date().nullable(),
  lostTimes: z.number().int(),
  lastError: z.string().nullable(),
  quarantinedUntil: z.date().nullable(),
});
export type ServerRow = z.infer<typeof ServerRow>;

/** `removed`: taken out by an administrator, and named by CLI_URL or not empty yet (`activeTurns`); adding it again brings
 *  it back. `waitingTurns`: of everybody. */
export const Fleet = z.object({
  servers: z.array(ServerRow),
  removed: z.array(z.object({ id: z.string(), removedAt: z.date(), activeTurns: z.number().int() })),
  waitingTurns: z.number().int(),
});
export type Fleet = z.infer<typeof Fleet>;

export const ServerId = Text.pipe(z.string().trim().min(1).max(SERVER_ID_CHARS_MAX));
export const ServersInput = z.object({ ids: z.array(ServerId).min(1).max(100) });

const HOST_PORT = /^(?:\[[0-9a-f:]+\]|[a-z0-9._-]+):([1-9]\d{0,4})$/i;
const PORT_MAX = 65_535;

/** True for a host's name or address and a port, as in `cli-2.internal:4141`, `10.0.0.7:4141` or `[::1]:4141`. */
export const isHostPort = (text: string): boolean => {
  const port = HOST_PORT.exec(text)?.[1];
  return port !== undefined && Number(port) <= PORT_MAX && URL.canParse(`http://${text}`);
};

/** `address`: `host:port`, which is also the server's id. Every process of the app connects there, with the connection
 *  token, and sends the GitHub tokens of people whose sessions run there: it must be a server that the operator trusts
 *  with them. It need not answer yet. `token`: its COPILOT_CONNECTION_TOKEN, where it is not the one in the settings;
 *  sealed, and never shown again. */
export const AddServerInput = z.object({
  address: Text.pipe(
    z
      .string()
      .trim()
      .toLowerCase()
      .max(SERVER_ID_CHARS_MAX)
      .refine(isHostPort, "Write host:port, as in cli-2.internal:4141."),
  ),
  token: z.string().trim().min(1).max(1_000).optional(),
});
export type AddServerInput = z.infer<typeof AddServerInput>;

export const ServerRef = z.object({ id: z.string() });
export type ServerRef = z.infer<typeof ServerRef>;
