import type {
  AdminSessionDetails,
  AdminSessionPage,
  ExportSessionsInput,
  ListAdminSessionsInput,
  ReadTranscriptInput,
  SessionExport,
  Transcript,
} from "@/lib/contracts/admin-sessions";
import type { BulkResult } from "@/lib/contracts/bulk";
import type { AddServerInput, Fleet, ServerRef } from "@/lib/contracts/fleet";
import type { AdminJobPage, ListAdminJobsInput } from "@/lib/contracts/jobs";
import type { Overview, OverviewInput } from "@/lib/contracts/overview";
import type { ListPeopleInput, PeoplePage, UpdatePeopleInput } from "@/lib/contracts/people";
import type { Actor } from "@/server/platform/scope";

/** What administrators do to people and what is theirs, and what they see. Each id is an act of its own: one that fails
 *  does not keep the others from being done. */
export type Admin = {
  /** What was used in the whole steps that the range touches, and what goes on now over all processes; the CLI servers as
   *  this process sees them. */
  overview(range: OverviewInput): Promise<Overview>;
  people: {
    list(input: ListPeopleInput): Promise<PeoplePage>;
    update(actor: Actor, input: UpdatePeopleInput): Promise<BulkResult>;
    /** Ends their logins and API tokens, stops their turns and forgets their GitHub tokens. In force within a moment; where this
     *  process dies in between, within `SWEEP_EVERY_MS` of the turns room. */
    disable(actor: Actor, ids: string[]): Promise<BulkResult>;
    enable(actor: Actor, ids: string[]): Promise<BulkResult>;
    signOut(actor: Actor, ids: string[]): Promise<BulkResult>;
  };
  /** Everybody's sessions: see `SessionAdministration` for what each act guarantees. */
  sessions: {
    list(input: ListAdminSessionsInput): Promise<AdminSessionPage>;
    get(sessionId: string): Promise<AdminSessionDetails>;
    export(actor: Actor, input: ExportSessionsInput): Promise<SessionExport>;
    transcript(actor: Actor, input: ReadTranscriptInput): Promise<Transcript>;
    /** Has the active turn stop; where there is none, nothing is to be done. */
    stop(actor: Actor, ids: string[]): Promise<BulkResult>;
    detach(actor: Actor, ids: string[]): Promise<BulkResult>;
    move(actor: Actor, ids: string[], server: string): Promise<BulkResult>;
    archive(actor: Actor, ids: string[]): Promise<BulkResult>;
    delete(actor: Actor, ids: string[]): Promise<BulkResult>;
  };
  /** See `JobAdministration`. */
  jobs: {
    list(input: ListAdminJobsInput): Promise<AdminJobPage>;
    cancel(actor: Actor, ids: string[]): Promise<BulkResult>;
  };
  /** See `FleetManagement`. */
  fleet: {
    list(): Promise<Fleet>;
    add(actor: Actor, input: AddServerInput): Promise<ServerRef>;
    drain(actor: Actor, ids: string[]): Promise<BulkResult>;
    resume(actor: Actor, ids: string[]): Promise<BulkResult>;
    restart(actor: Actor, ids: string[]): Promise<BulkResult>;
    remove(actor: Actor, ids: string[]): Promise<BulkResult>;
  };
};
