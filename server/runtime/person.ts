import type { Me } from "@/lib/contracts/me";
import type { Actor } from "@/server/platform/scope";
import type { Runtime } from "./boot";

/** What a person sees of themself. */
export async function personOf(
  { services, env }: Pick<Runtime, "services" | "env">,
  actor: Actor,
): Promise<Me> {
  const [person, github] = await Promise.all([
    services.accounts.person(actor),
    services.credentials.status(actor.ownerId),
  ]);
  return { ...person, github, identity: services.credentials.identityMode, demo: env.FLIGHTDECK_DEMO };
}
