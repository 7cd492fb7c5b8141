import { AppError } from "@/lib/errors/app-error";
import type { Bell } from "@/server/db/bell";
import { pageOf, placeIn } from "@/server/platform/places";
import type { Audit, AuditEntry } from "../../audit/types";
import { placeOf } from "../service";
import type { JobStore } from "../store";
import { type JobAdministration, jobTopic } from "../types";
import { toListed } from "../view";
import type { AdminStoredRow, JobAdminStore } from "./store";

type Deps = {
  rows: JobAdminStore;
  jobs: Pick<JobStore, "cancel">;
  audit: Pick<Audit, "statement">;
  bell: Pick<Bell, "ring">;
};

const toRow = ({ ownerId, login, image, ...row }: AdminStoredRow) => ({
  ...toListed(row),
  owner: { id: ownerId, login, image },
});

/** Everybody's jobs. See `JobAdministration` for what each call guarantees. */
export const createJobAdministration = ({ rows, jobs, audit, bell }: Deps): JobAdministration => ({
  async list({ status = null, owner = null, cursor, limit }) {
    const found = await rows.list({ status, owner, after: placeIn(cursor), limit: limit + 1 });
    const { items, nextCursor } = pageOf(found, limit, placeOf);
    return { items: items.map(toRow), nextCursor };
  },
  async cancel(actor, jobId) {
    const owned = await rows.ownerOf(jobId);
    if (!owned) throw new AppError("job_not_found");
    const target = { type: "job" as const, id: jobId };
    const entry: AuditEntry = { action: "job.cancelled", actor, target, details: { owner: owned.login } };
    const isDone = await jobs.cancel(owned.owner, jobId, (where) => audit.statement(entry, where));
    if (isDone) bell.ring(jobTopic(jobId));
  },
});
