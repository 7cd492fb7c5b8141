import { randomUUID } from "node:crypto";

/** Ids come in through this door, so a test can predict them. */
export type Ids = { uuid(): string };

export const randomIds: Ids = { uuid: () => randomUUID() };
