import type { BulkResult } from "@/lib/contracts/bulk";
import { AppError } from "@/lib/errors/app-error";
import { ERROR_TABLE } from "@/lib/errors/table";
import type { Log } from "@/server/platform/log";
import type { Actor } from "@/server/platform/scope";
import type { People } from "../accounts/types";
import type { Audit } from "../audit/types";
import type { Credentials } from "../credentials/types";
import type { Fleet, FleetManagement } from "../fleet/types";
import type { JobAdministration } from "../jobs/types";
import type { Processes, SessionAdministration } from "../sessions/types";
import type { Turns } from "../turns/types";
import type { Usage } from "../usage/types";
import { createOverview } from "./overview";
import { shutOut } from "./shut-out";
import { ACTS_AT_ONCE_MAX } from "./tunables";
import type { Admin } from "./types";

type Result = BulkResult["results"][number];

type Deps = {
  people: People;
  credentials: Pick<Credentials, "forget">;
  usage: Pick<Usage, "during">;
  fleet: FleetManagement & Pick<Fleet, "status">;
  processes: Pick<Processes, "count">;
  turns: Pick<Turns, "active" | "stop" | "stopAll">;
  sessions: SessionAdministration;
  jobs: JobAdministration;
  audit: Pick<Audit, "statement">;
  log: Log;
};

/** The acts of administrators, over the rooms that own what is acted on. */
export function createAdmin({
  people,
  credentials,
  fleet,
  turns,
  sessions,
  jobs,
  audit,
  log,
  ...rooms
}: Deps): Admin {
  async function attempt(id: string, act: (id: string) => Promise<unknown>): Promise<Result> {
    try {
      await act(id);
      return { id, ok: true };
    } catch (error) {
      const code = error instanceof AppError ? error.code : "internal";
      if (code === "internal") log.error({ id, err: error }, "administration failed");
      return { id, ok: false, code, message: ERROR_TABLE[code].message };
    }
  }

  // Several at once, because each waits for the database most of the time.
  async function each(ids: string[], act: (id: string) => Promise<unknown>): Promise<BulkResult> {
    const wanted = [...new Set(ids)];
    const results: Result[] = [];
    const next = wanted.entries();
    const work = async () => {
      for (const [index, id] of next) results[index] = await attempt(id, act);
    };
    await Promise.all(Array.from({ length: ACTS_AT_ONCE_MAX }, work));
    return { results };
  }

  async function stop(actor: Actor, sessionId: string): Promise<void> {
    const { owner, login } = await sessions.ownerOf(sessionId);
    const target = { type: "session" as const, id: sessionId };
    const entry = { action: "session.stopped" as const, actor, target, details: { owner: login } };
    await turns.stop(owner, sessionId, (where) => audit.statement(entry, where));
  }

  return {
    overview: createOverview({ ...rooms, fleet, turns }),
    people: {
      list: (input) => people.list(input),
      update: (actor, { ids, ...change }) => each(ids, (id) => people.update(actor, id, change)),
      disable: (actor, ids) =>
        each(ids, async (id) => {
          await shutOut({ turns, credentials }, await people.disable(actor, id));
        }),
      enable: (actor, ids) => each(ids, (id) => people.enable(actor, id)),
      signOut: (actor, ids) => each(ids, (id) => people.signOut(actor, id)),
    },
    sessions: {
      list: (input) => sessions.list(input),
      get: (sessionId) => sessions.get(sessionId),
      export: (actor, input) => sessions.export(actor, input),
      transcript: (actor, input) => sessions.transcript(actor, input),
      stop: (actor, ids) => each(ids, (id) => stop(actor, id)),
      detach: (actor, ids) => each(ids, (id) => sessions.detach(actor, id)),
      move: (actor, ids, server) => each(ids, (id) => sessions.move(actor, id, server)),
      archive: (actor, ids) => each(ids, (id) => sessions.archive(actor, id)),
      delete: (actor, ids) => each(ids, (id) => sessions.delete(actor, id)),
    },
    jobs: {
      list: (input) => jobs.list(input),
      cancel: (actor, ids) => each(ids, (id) => jobs.cancel(actor, id)),
    },
    fleet: {
      list: () => fleet.list(),
      add: (actor, input) => fleet.add(actor, input),
      drain: (actor, ids) => each(ids, (id) => fleet.drain(actor, id)),
      resume: (actor, ids) => each(ids, (id) => fleet.resume(actor, id)),
      restart: (actor, ids) => each(ids, (id) => fleet.restart(actor, id)),
      remove: (actor, ids) => each(ids, (id) => fleet.remove(actor, id)),
    },
  };
}
