import type { Me } from "@/lib/contracts/me";
import type { Accounts } from "@/server/domain/accounts/types";
import type { Admin } from "@/server/domain/admin/types";
import type { ApiTokens } from "@/server/domain/api-tokens/types";
import type { Audit } from "@/server/domain/audit/types";
import type { Credentials } from "@/server/domain/credentials/types";
import type { Fleet } from "@/server/domain/fleet/types";
import type { Jobs } from "@/server/domain/jobs/types";
import type { Providers } from "@/server/domain/providers/types";
import type { Quotas } from "@/server/domain/quotas/types";
import type { Retention } from "@/server/domain/retention/types";
import type { Schedules } from "@/server/domain/schedules/types";
import type { Sessions } from "@/server/domain/sessions/types";
import type { Turns } from "@/server/domain/turns/types";
import type { Log } from "@/server/platform/log";
import type { Actor } from "@/server/platform/scope";

export type Services = {
  admin: Admin;
  apiTokens: ApiTokens;
  audit: Audit;
  accounts: Accounts;
  credentials: Credentials;
  fleet: Fleet;
  jobs: Jobs;
  providers: Providers;
  quotas: Quotas;
  retention: Retention;
  schedules: Schedules;
  sessions: Sessions;
  turns: Turns;
};

/** What every procedure gets. `actor` is null while signed out. For calls that stay open: `stopping` aborts when the
 *  process was asked to end, and `reauthenticate` asks the login or the API token again: null, or a throw, where it is not
 *  good any more. */
export type Context = {
  services: Services;
  actor: Actor | null;
  stopping: AbortSignal;
  reauthenticate(): Promise<Actor | null>;
  me(actor: Actor): Promise<Me>;
  log: Log;
};
