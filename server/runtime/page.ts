import { headers } from "next/headers";
import type { Me } from "@/lib/contracts/me";
import { actorFromCookies } from "@/server/auth/actor";
import { processEnv } from "@/server/platform/env";
import { personOf } from "./person";
import { getRuntime } from "./runtime";

/** The signed-in person of the page that is being rendered; null while signed out. */
export async function currentPerson(): Promise<Me | null> {
  // First, because it tells Next that this page cannot be made at build time, when there is no runtime.
  const cookies = (await headers()).get("cookie");
  const runtime = await getRuntime();
  const { services, env } = runtime;
  const actor = await actorFromCookies(cookies, { accounts: services.accounts, env });
  return actor && personOf(runtime, actor);
}

/** Whether this server is the demo, which every page says in a banner. */
export const isDemo = (): boolean => processEnv().FLIGHTDECK_DEMO === "1";
