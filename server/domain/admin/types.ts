import type { BulkResult } from "@/lib/contracts/bulk";
import type { ListPeopleInput, PeoplePage, UpdatePeopleInput } from "@/lib/contracts/people";
import type { Actor } from "@/server/platform/scope";

/** What administrators do to people and what is theirs. Each id is an act of its own: one that fails does not keep the
 *  others from being done. */
export type Admin = {
  people: {
    list(input: ListPeopleInput): Promise<PeoplePage>;
    update(actor: Actor, input: UpdatePeopleInput): Promise<BulkResult>;
    /** Ends their logins, stops their turns and forgets their GitHub tokens. In force within a moment; where this
     *  process dies in between, within `SWEEP_EVERY_MS` of the turns room. */
    disable(actor: Actor, ids: string[]): Promise<BulkResult>;
    enable(actor: Actor, ids: string[]): Promise<BulkResult>;
    signOut(actor: Actor, ids: string[]): Promise<BulkResult>;
  };
};
