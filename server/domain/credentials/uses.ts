import type { Clock } from "@/server/platform/clock";
import type { OwnerId } from "@/server/platform/scope";
import type { Tasks } from "@/server/platform/tasks";
import type { Accounts } from "../accounts/types";
import type { Audit } from "../audit/types";
import { USES_MAX } from "./tunables";
import type { TokenUses, UsedKind } from "./types";

type Deps = {
  audit: Pick<Audit, "recordOnce">;
  accounts: Pick<Accounts, "person">;
  tasks: Pick<Tasks, "run">;
  clock: Clock;
};

export function createTokenUses({ audit, accounts, tasks, clock }: Deps): TokenUses {
  /** The day on which each use was noted last by this process, oldest use first. */
  const noted = new Map<string, string>();

  async function record(owner: OwnerId, kind: UsedKind, day: string): Promise<void> {
    const { login } = await accounts.person({ ownerId: owner });
    const entry = {
      action: "person.token_used" as const,
      actor: { kind: "user" as const, ownerId: owner, login, address: null },
      target: { type: "person" as const, id: owner, name: login },
      details: { kind },
    };
    await audit.recordOnce(entry, new Date(`${day}T00:00:00Z`));
  }

  return {
    note(owner, kind) {
      const key = `${owner} ${kind}`;
      const day = clock.now().toISOString().slice(0, "yyyy-mm-dd".length);
      if (noted.get(key) === day) return;
      noted.delete(key);
      noted.set(key, day);
      const oldest = noted.keys().next().value;
      if (noted.size > USES_MAX && oldest !== undefined) noted.delete(oldest);
      tasks.run("token use", async () => {
        try {
          await record(owner, kind, day);
        } catch (error) {
          noted.delete(key);
          throw error;
        }
      });
    },
  };
}
