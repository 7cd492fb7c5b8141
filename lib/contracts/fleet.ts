import { z } from "zod";
import { Text } from "./text";

export const SERVER_ID_CHARS_MAX = 255;

/** `quarantined`: it answers, but was lost again and again. `down`: it was there, and is not. */
export const ServerState = z.enum(["starting", "ready", "quarantined", "down"]);
export type ServerState = z.infer<typeof ServerState>;

/** A CLI server as the process that was asked sees it. `source`: who named it: CLI_URL, an administrator, or the app,
 *  which starts it itself (`supervised`). `latencyMs`: its answer to the last ping. Memory and children: of the process,
 *  where it is supervised here. `lostTimes`: since this process is there; `lastError` says why last. */
export const ServerRow = z.object({
  id: z.string(),
  address: z.string(),
  source: z.enum(["settings", "added", "supervised"]),
  state: ServerState,
  draining: z.boolean(),
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

/** `removed`: named by CLI_URL, and taken out by an administrator; adding it again brings it back. */
export const Fleet = z.object({
  servers: z.array(ServerRow),
  removed: z.array(z.object({ id: z.string(), removedAt: z.date() })),
  waitingTurns: z.number().int(),
});
export type Fleet = z.infer<typeof Fleet>;

export const ServerId = Text.pipe(z.string().trim().min(1).max(SERVER_ID_CHARS_MAX));
export const ServersInput = z.object({ ids: z.array(ServerId).min(1).max(100) });

/** `address`: `host:port`, which is also the server's id. `token`: its COPILOT_CONNECTION_TOKEN, where it is not the one
 *  in the settings; sealed, and never shown again. */
export const AddServerInput = z.object({
  address: Text.pipe(
    z
      .string()
      .trim()
      .max(SERVER_ID_CHARS_MAX)
      .regex(/^(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}$/, "Write host:port, as in cli-2.internal:4141."),
  ),
  token: z.string().trim().min(1).max(1_000).optional(),
});
export type AddServerInput = z.infer<typeof AddServerInput>;
