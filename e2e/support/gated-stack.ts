import path from "node:path";
import { Client } from "pg";
import { TokenStore } from "@/e2e/simulators/github/tokens";
import { type Stack, startStack } from "@/scripts/lib/stack";

export type GatedAddresses = { appUrl: string; githubUrl: string };

export type GatedStack = {
  start(): Promise<GatedAddresses>;
  /** Has it read everybody's memberships again at its next look, which it else does every hour. */
  reread(): Promise<void>;
  stop(): Promise<void>;
  /** Exists once it was started. */
  logDir: string;
};

// The stand-in knows its plain tokens by themselves, whoever has made them.
const { accessToken } = new TokenStore().issue({ login: "hubot", clientId: "", scope: "" });
const SETTINGS = {
  ALLOWED_LOGINS: "mona",
  GITHUB_ROLE_MAP: "octo-org/support=auditor",
  COPILOT_IDENTITY: "service",
  COPILOT_GITHUB_TOKEN: accessToken,
};

/** A second product with its own data that admits mona, and the members of a team, in which nobody is at first. Its sessions
 *  ask Copilot as hubot, whose token its CLI servers have. It is started when a journey first asks for it. */
export function gatedStackIn(dataDir: string): GatedStack {
  const own = path.join(dataDir, "gated");
  let starting: Promise<Stack> | undefined;
  const started = () => (starting ??= startStack({ dataDir: own, env: SETTINGS }));
  return {
    logDir: path.join(own, "logs"),
    async start() {
      const { appUrl, githubUrl } = await started();
      return { appUrl, githubUrl };
    },
    async reread() {
      const client = new Client({ connectionString: (await started()).databaseUrl });
      await client.connect();
      await client.query(`UPDATE "User" SET "membershipAt" = NULL`);
      await client.end();
    },
    stop: async () => (await starting?.catch(() => undefined))?.stop(),
  };
}
