import path from "node:path";
import { type Stack, startStack } from "@/scripts/lib/stack";

export type GatedStack = {
  start(): Promise<{ appUrl: string }>;
  stop(): Promise<void>;
  /** Exists once it was started. */
  logDir: string;
};

/** A second product with its own data that admits only mona; it is started when a journey first asks for it. */
export function gatedStackIn(dataDir: string): GatedStack {
  const own = path.join(dataDir, "gated");
  let starting: Promise<Stack> | undefined;
  return {
    logDir: path.join(own, "logs"),
    async start() {
      starting ??= startStack({ dataDir: own, env: { ALLOWED_LOGINS: "mona" } });
      return { appUrl: (await starting).appUrl };
    },
    stop: async () => (await starting?.catch(() => undefined))?.stop(),
  };
}
