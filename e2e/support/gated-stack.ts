import path from "node:path";
import { type Stack, startStack } from "@/scripts/lib/stack";

export type GatedStack = { start(): Promise<{ appUrl: string }>; stop(): Promise<void> };

/** A second product with its own data that admits only mona; it is started when a journey first asks for it. */
export function gatedStackIn(dataDir: string): GatedStack {
  let starting: Promise<Stack> | undefined;
  return {
    async start() {
      starting ??= startStack({ dataDir: path.join(dataDir, "gated"), env: { ALLOWED_LOGINS: "mona" } });
      return { appUrl: (await starting).appUrl };
    },
    stop: async () => (await starting?.catch(() => undefined))?.stop(),
  };
}
