import { headers } from "next/headers";
import { cache } from "react";
import { SessionId } from "@/lib/contracts/ids";
import type { Me } from "@/lib/contracts/me";
import type { SessionSummary } from "@/lib/contracts/sessions";
import { AppError } from "@/lib/errors/app-error";
import type { WireEvent } from "@/lib/events/wire";
import { browserActorOf } from "@/server/auth/actor";
import { processEnv } from "@/server/platform/env";
import { personOf } from "./person";
import { getRuntime } from "./runtime";

/** A session with more events than this comes without them: the page would be slow, and the watch brings them. */
const SNAPSHOT_EVENTS_MAX = 500;

// Once a request, however many parts of the page ask.
const currentActor = cache(async () => {
  // First, because it tells Next that this page cannot be made at build time, when there is no runtime.
  const asked = await headers();
  const { services, env } = await getRuntime();
  return browserActorOf(asked, { accounts: services.accounts, env });
});

/** The signed-in person of the page that is being rendered; null while signed out. */
export const currentPerson = cache(async (): Promise<Me | null> => {
  const actor = await currentActor();
  return actor && personOf(await getRuntime(), actor);
});

/** The session of a page, with its whole log, so that the conversation is there at the first paint. Null where there
 *  is no such session of this person, or its log is too long for that. */
export async function sessionSnapshot(
  sessionId: string,
): Promise<{ session: SessionSummary; events: WireEvent[] } | null> {
  const actor = await currentActor();
  if (!actor) return null;
  const { sessions } = (await getRuntime()).services;
  const id = SessionId.parse(sessionId);
  try {
    const page = await sessions.events(actor, { sessionId: id, afterSeq: 0, limit: SNAPSHOT_EVENTS_MAX });
    const complete = (page.events.at(-1)?.seq ?? 0) >= page.lastSeq;
    return complete ? { session: await sessions.get(actor, id), events: page.events } : null;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** Whether this server is the demo, which every page says in a banner. */
export const isDemo = (): boolean => processEnv().FLIGHTDECK_DEMO === "1";
