import { AppError } from "@/lib/errors/app-error";
import type { Github } from "@/server/github/types";
import type { Clock } from "@/server/platform/clock";
import { every } from "@/server/platform/every";
import type { Log } from "@/server/platform/log";
import type { DueMembership, Memberships, Reading } from "../accounts/types";
import type { Credentials } from "../credentials/types";
import type { Turns } from "../turns/types";
import { shutOut } from "./shut-out";
import { MEMBERSHIP_LOOK_MS, MEMBERSHIPS_AT_ONCE } from "./tunables";

type Deps = {
  memberships: Pick<Memberships, "claim" | "read" | "settle">;
  credentials: Pick<Credentials, "accessToken" | "reject" | "forget">;
  github: Pick<Github, "user" | "membership">;
  turns: Pick<Turns, "stopAll">;
  clock: Clock;
  log: Log;
};

const SIGN_IN_REQUIRED: Reading = { role: null, loss: "sign_in_required", isSure: true };

const needsSignIn = (error: unknown) => error instanceof AppError && error.code === "github_sign_in_required";

/** What GitHub says about a person, asked with their own token. Throws where it says nothing now. */
async function ask({ memberships, credentials, github }: Deps, owner: DueMembership["ownerId"]) {
  const token = await credentials.accessToken(owner, "membership");
  try {
    // GitHub gives a freed login to the next who asks: a team is asked about whom this token belongs to by now.
    const { login } = await github.user(token);
    return await memberships.read((place) => github.membership(token, place, login));
  } catch (error) {
    if (needsSignIn(error)) await credentials.reject(owner, token);
    throw error;
  }
}

async function reread(deps: Deps, { ownerId, login, claimedAt }: DueMembership): Promise<void> {
  const reading = await ask(deps, ownerId).catch((error: unknown) => {
    // Whoever takes their token away from us must not keep by it what GitHub would no longer give.
    if (needsSignIn(error)) return SIGN_IN_REQUIRED;
    throw error;
  });
  if (!reading.isSure) {
    return deps.log.warn(
      { userId: ownerId, login },
      "GitHub does not show a membership; nothing was changed",
    );
  }
  const became = await deps.memberships.settle({ id: ownerId, login, reading, claimedAt });
  if (became === "suspended") await shutOut(deps, ownerId);
}

/** Reads everybody whose memberships are due, a few at a time. Where GitHub gives no answer for one, the others wait for
 *  the next look, and nothing is changed of that one. */
async function rereadDue(deps: Deps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const due = await deps.memberships.claim(MEMBERSHIPS_AT_ONCE);
    if (due.length === 0) return;
    const done = await Promise.allSettled(due.map((each) => reread(deps, each)));
    const failed = done.find((each) => each.status === "rejected");
    if (failed) throw failed.reason;
  }
}

/** Keeps what GITHUB_ROLE_MAP gives people in step with GitHub, until `signal` aborts. Who matches nothing any more is
 *  suspended, and out as somebody is who is disabled. Any number of processes may do this at once. */
export const runMemberships = (deps: Deps, signal: AbortSignal): Promise<void> =>
  every("memberships", { clock: deps.clock, log: deps.log, ms: MEMBERSHIP_LOOK_MS, signal }, () =>
    rereadDue(deps, signal),
  );
