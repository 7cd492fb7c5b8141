import type {
  AuditAction,
  AuditExportPage,
  AuditPage,
  AuditTargetType,
  ExportAuditInput,
  ListAuditInput,
} from "@/lib/contracts/audit";
import type { Prisma } from "@/server/db/client";
import type { Actor } from "@/server/platform/scope";

/** Something of which somebody may ask later who did it. `actor`: a person, or the part of the product that acted by
 *  itself; null where nobody is signed in. No secret and no words of a conversation, titles included, belong in
 *  `details`. */
export type AuditEntry = {
  action: AuditAction;
  actor: Pick<Actor, "kind" | "ownerId" | "login" | "address"> | { kind: "system"; name: string } | null;
  /** From where, where `actor` is no person. */
  address?: string | null;
  target?: { type: AuditTargetType; id: string; name?: string | null };
  /** Default `ok`. `refused`: it was not allowed; `failed`: it was, and did not work. */
  result?: "ok" | "refused" | "failed";
  /** Why it was refused or failed. */
  code?: string;
  details?: Record<string, string | number | boolean | null | string[]>;
};

/** The first event at which the chain does not hold, and in which way. */
export type BrokenLink = { seq: number; problem: string };
export type Verification = { events: number; head: string | null; broken: BrokenLink | null };

export type Audit = {
  /** Adds an event. One after the other over all processes; rejects where it could not be stored. */
  record(entry: AuditEntry): Promise<void>;
  /** Adds an event, unless the same actor has one with the same action and details since `since`; over all processes. */
  recordOnce(entry: AuditEntry, since: Date): Promise<void>;
  /** Adds the refusal of a call, where the same person was not refused the same within `REFUSAL_AGAIN_MS` by this
   *  process: who is refused a thousand times a second does not fill the log. */
  recordRefusal(actor: Actor, procedure: string): Promise<void>;
  /** The statement that adds the event, as one of several in a `WITH`: then it is stored exactly when the others are.
   *  With `where`, a condition, only if that holds. */
  statement(entry: AuditEntry, where?: Prisma.Sql): Prisma.Sql;
  /** The same for many targets of one type: one event for each row of `rows`, a query that gives "targetId", a text,
   *  and "details", an object that is added to those of the entry. */
  statementEach(entry: Omit<AuditEntry, "target">, type: AuditTargetType, rows: Prisma.Sql): Prisma.Sql;
  /** Newest first. */
  list(input: ListAuditInput): Promise<AuditPage>;
  /** A page of all that match, oldest first; the first page (after number 0) is an event itself. Followed to the end,
   *  nothing is missing and nothing comes twice, whatever is added meanwhile. */
  export(actor: Actor, input: ExportAuditInput): Promise<AuditExportPage>;
  /** Computes every hash again, from the first event to the last. */
  verify(): Promise<Verification>;
  /** The hash of the event with this number; null where there is none. */
  hashAt(seq: number): Promise<string | null>;
};
