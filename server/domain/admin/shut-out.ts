import type { OwnerId } from "@/server/platform/scope";
import type { Credentials } from "../credentials/types";
import type { Turns } from "../turns/types";

type Deps = { credentials: Pick<Credentials, "forget">; turns: Pick<Turns, "stopAll"> };

/** Ends what is left of a person who was disabled or suspended, and whose logins and API tokens have ended: stops their turns and
 *  forgets their GitHub tokens. Safe to repeat. */
export async function shutOut({ credentials, turns }: Deps, owner: OwnerId): Promise<void> {
  await turns.stopAll(owner);
  await credentials.forget(owner);
}
