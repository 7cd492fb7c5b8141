import type {
  AdminSessionDetails,
  AdminSessionPage,
  ExportSessionsInput,
  ListAdminSessionsInput,
  ReadTranscriptInput,
  SessionExport,
  Transcript,
} from "@/lib/contracts/admin-sessions";
import type {
  CreateSessionInput,
  EventPage,
  ListEventsInput,
  ListSessionsInput,
  SessionPage,
  SessionSummary,
  UpdateSessionInput,
} from "@/lib/contracts/sessions";
import type { NewEvent, WireEvent } from "@/lib/events/wire";
import type { Prisma } from "@/server/db/client";
import type { Actor, OwnerId } from "@/server/platform/scope";

export type Sessions = {
  list(actor: Actor, input: ListSessionsInput): Promise<SessionPage>;
  get(actor: Actor, sessionId: string): Promise<SessionSummary>;
  /** The same key gives the session that was made with it, as it is now. Throws `too_many_sessions`. */
  create(actor: Actor, input: CreateSessionInput): Promise<SessionSummary>;
  /** The parts of a `WITH` that create a session without a name for each row of `rows`, a query that gives "id", "ownerId"
   *  and "model": then they are there exactly when the rest of the statement is done. */
  creationSql(rows: Prisma.Sql): Prisma.Sql;
  update(actor: Actor, input: UpdateSessionInput): Promise<SessionSummary>;
  /** Removes the session, its turns and its log at once; its files on the CLI server follow in the background. */
  delete(actor: Actor, sessionId: string): Promise<void>;
  events(actor: Actor, input: ListEventsInput): Promise<EventPage>;
  /** Every event after `afterSeq`, once, in order, then each new one as it comes. Ends when `signal` aborts, the
   *  session is deleted, or `stillAllowed` answers false or throws: asked when what the person may do changes, at
   *  `allowedUntil`, and every `WATCH_RECHECK_MS`. */
  watch(
    actor: Actor,
    sessionId: string,
    options: {
      afterSeq: number;
      signal: AbortSignal;
      stillAllowed: () => Promise<boolean>;
      allowedUntil?: Date | null;
    },
  ): AsyncGenerator<WireEvent[]>;
};

/** Everybody's sessions, for administrators. Each act is in the audit log exactly when it is done, and throws
 *  `session_not_found` where there is no such session. What is so already is done without a line. */
export type SessionAdministration = {
  /** Titles are shown: whoever administrates has to tell sessions apart. */
  list(input: ListAdminSessionsInput): Promise<AdminSessionPage>;
  get(sessionId: string): Promise<AdminSessionDetails>;
  /** The next rows of a CSV; its first ones are noted in the audit log before they are given. */
  export(actor: Actor, input: ExportSessionsInput): Promise<SessionExport>;
  /** Whose it is, to act within their scope. */
  ownerOf(sessionId: string): Promise<{ owner: OwnerId; login: string }>;
  /** Has the session leave its CLI server's memory, in whatever process it is held. Its next prompt attaches it again.
   *  Throws `turn_already_active`. */
  detach(actor: Actor, sessionId: string): Promise<void>;
  /** The session goes to this CLI server with its next turn, and stays until then where its turn is running; one that
   *  is idle leaves its server at once. Where the server is not ready at that turn, or has no room, the turn runs where
   *  it can, and the session goes there with a later one. Throws `server_not_found`, `server_draining`. */
  move(actor: Actor, sessionId: string, server: string): Promise<void>;
  archive(actor: Actor, sessionId: string): Promise<void>;
  /** As the owner's own `delete`. */
  delete(actor: Actor, sessionId: string): Promise<void>;
  /** Events of the conversation. That it is read, by whom and why, is in the audit log and in the conversation before
   *  any of it is given; the same reader with the same reason is noted again after `READ_AGAIN_MS`. Throws
   *  `transcripts_closed` where the operator has not opened conversations. */
  transcript(actor: Actor, input: ReadTranscriptInput): Promise<Transcript>;
};

/** Who may append: the owner (prompts, renames), the runner that holds the newest fence, or both in one, for a prompt
 *  whose turn starts with it: then the session's model must be the one the runner knows, and no administrator may have
 *  moved the session. */
export type AppendGuard =
  | { owner: OwnerId }
  | { fence: number }
  | { owner: OwnerId; fence: number; model: string | null };

export type Append = {
  sessionId: string;
  guard: AppendGuard;
  events: NewEvent[];
  /** Numbers of the deltas that these events replace; their rows are removed in the same statement. */
  fold?: number[];
  /** A write of another room that must succeed first: a statement that returns a row. No row: nothing is written.
   *  It must require a row in `held`, which has one where the guard holds. */
  first?: Prisma.Sql;
  /** Further writes of other rooms, done together with the append. Each must read `head`, or require a row in it:
   *  it has one where the append was done. */
  also?: Prisma.Sql[];
};

/** `first`: the row that the request's `first` gave. */
export type Appended = { won: true; events: WireEvent[]; first?: unknown } | { won: false };

/** The log of all sessions: numbered rows, without gaps or duplicates, in one order for everybody. */
export type EventLog = {
  /** Numbers and stores `events` in one statement, all or none, then is visible to every reader. The answered
   *  events are the stored ones: text that Postgres cannot hold is replaced (see `storableText`).
   *  `won: false`: the guard did not hold (not the owner's, deleted, or a newer fence) and nothing was written.
   *  Safe to call from many tasks and processes at once: the session's head is always locked before any other row,
   *  so appends do not deadlock. Does not ring the bell. */
  append(request: Append): Promise<Appended>;
  /** Stored events after `afterSeq`, in order, at most `limit`. */
  read(sessionId: string, range: { afterSeq: number; limit: number }): Promise<WireEvent[]>;
  /** The same for a reader that expects a few new events: at most `FOLLOW_ROWS_MAX`. Reads that are asked for at the
   *  same time share a statement, and their answers, which nobody may change. Null where there is no such session. */
  follow(sessionId: string, afterSeq: number): Promise<WireEvent[] | null>;
  /** Whether an append whose answer was lost did happen: its rows, looked for after `afterSeq`; null where not. */
  findWritten(sessionId: string, afterSeq: number, events: NewEvent[]): Promise<WireEvent[] | null>;
  /** Events after `afterSeq` that this process appended just now, none where it knows of no later one; null where the
   *  answer needs the database. */
  recent(sessionId: string, afterSeq: number): WireEvent[] | null;
};

/** What a process does: serve requests, run turns, or both. */
export type ProcessRole = "web" | "worker" | "all";

/** `runsTurns`: it may drive sessions and stand by for others. */
export type OtherProcess = { id: string; runsTurns: boolean };

/** What is open over all processes that are there. `watches`: as each of them said last. */
export type ProcessCount = { processes: number; watches: number };

/** The processes of the app that share this database. */
export type Processes = {
  /** Who else is there, as of the last look. */
  others(): readonly OtherProcess[];
  /** Looks who is there, and frees the leases of those who are gone: seen absent twice in a row, because a connection
   *  that broke comes back. Judges nobody just after this process's own connection broke. True where leases were
   *  freed. */
  look(): Promise<boolean>;
  /** A watch was opened in this process (1), or has ended (-1). Told to the others with a later look. */
  noteWatch(change: 1 | -1): void;
  count(): Promise<ProcessCount>;
  /** This process is gone from now on. */
  leave(): Promise<void>;
};

/** The right of one process to drive one session, and what driving needs to know. */
export type Lease = {
  sessionId: string;
  fence: number;
  owner: OwnerId;
  cliServer: string | null;
  /** The conversation's id there. */
  cliSession: string;
  /** The CLI's memory begins after this number, because it was lost once; null where it is whole. */
  memoryFromSeq: number | null;
  /** True where another place may be noted than the one above: the answer to noting it was lost. */
  isUnsure?: boolean;
};

/** A session for which a process stands by; `standbyFence` is the fence under which it has said that it does. */
export type StandbyDuty = Omit<Lease, "owner"> & { standbyFence: number | null };

export type Claim = { won: true; lease: Lease } | { won: false };

/** Leases of sessions. Expiry is judged by the database's clock alone. */
export type Leases = {
  /** Takes the lease where it is free, expired, or already this process's; every take gets a higher fence.
   *  `won: false`: another process holds it, or there is no such session. */
  claim(sessionId: string): Promise<Claim>;
  /** Extends those leases of this process to `LEASE_TTL_MS` from now. A lease that nobody names any more runs out. */
  renew(sessionIds: string[]): Promise<void>;
  /** Gives the lease back where the fence is still ours. */
  release(sessionId: string, fence: number): Promise<void>;
  /** Whether this process still has the lease under this fence; then for `LEASE_TTL_MS` from now, also where it had run
   *  out. */
  holds(sessionId: string, fence: number): Promise<boolean>;
  /** Whether nobody has taken the lease since, also where it ran out. */
  isNewest(sessionId: string, fence: number): Promise<boolean>;
  /** Names the process that shall stand by, null: none; nothing where the fence is not ours any more. */
  setStandby(sessionId: string, fence: number, standby: string | null): Promise<void>;
  /** Whether the standby has its place under this fence. */
  standsBy(sessionId: string, fence: number): Promise<boolean>;
  /** The sessions for which this process shall stand by. */
  standingBy(): Promise<StandbyDuty[]>;
  /** Notes that this process stands by; nothing where the fence is not the newest, or somebody else was named. */
  confirmStandby(sessionId: string, fence: number): Promise<void>;
  /** Notes that the CLI's memory begins after `seq`; nothing where the fence is not ours any more. */
  setMemoryFrom(sessionId: string, fence: number, seq: number): Promise<void>;
  /** Notes on whose disk the conversation is, and under which id; a former one is not needed any more, and its files
   *  go later. False, and nothing is noted, where the fence is not ours any more. */
  setServer(
    sessionId: string,
    fence: number,
    at: { cliServer: string; cliSession: string },
  ): Promise<boolean>;
};

/** A session that shall go, as it was found: `lastSeq` tells whether anything happened since. */
export type Doomed = { id: string; lastSeq: number; events: number; details: Record<string, string> };

/** A session whose conversation is noted to be on a CLI server, and is driven by nobody. */
export type Placed = { id: string; cliServer: string; cliSession: string; lastSeq: number; fence: number };

/** What goes along with a removal: a condition, and another room's write. */
type Along = { where: Prisma.Sql; also: Prisma.Sql };

/** Removes what no person asked to remove. A statement is the caller's to run, and lasts as short as its list is. */
export type Removal = {
  /** The statement that deletes those of `sessions` in which nothing happened since they were found, that have no turn
   *  under way, that nobody is just using, and for which `where` holds; `where` may read their rows `s`, `h` and that of
   *  their owner, `u`. Each leaves a line in the audit log, and a tombstone for its files. `also` may read `place`, which
   *  has the "events" of each. The statement answers with their ids. Without `whole` they are as if they were not there,
   *  and stay to be emptied. */
  statement(
    request: Along & {
      sessions: Doomed[];
      actor: { kind: "system"; name: string };
      whole: boolean;
    },
  ): Prisma.Sql;
  /** Sessions that stay to be emptied. */
  emptying(): Promise<{ id: string }[]>;
  /** Removes up to `rows` of the events of such a session, and, where there are no more, the session: then true. */
  empty(id: string, rows: number): Promise<boolean>;
  /** Those of these conversations, named by UUIDs, that no session knows, and the janitor neither. */
  unknown(conversations: string[]): Promise<string[]>;
  /** The statement that has the janitor remove conversations from a server. `also` may read `settled`, which says in
   *  "rows" how many of them it did not know of. */
  bury(request: Along & { cliServer: string; conversations: string[] }): Prisma.Sql;
  /** Sessions whose id comes after `after`, in which nothing happened since `idleSince`. */
  placed(after: string, idleSince: Date, limit: number): Promise<Placed[]>;
  /** The statement that notes of those of `sessions` that are as they were found that no CLI server has them: their next
   *  prompt begins a new conversation, to which the log is told. What may be left of the old one goes. `also` and the answer as in `bury`. */
  forget(request: Along & { sessions: Placed[] }): Prisma.Sql;
};

/** The bell's topic for the runner of a session: a turn was queued, a stop was asked for, or the session is gone.
 *  Watchers listen to the session id itself. */
export const runnerTopic = (sessionId: string): string => `run:${sessionId}`;

/** The bell's topic for a process: it was named as a standby, or is none any more. */
export const standbyTopic = (processId: string): string => `standby:${processId}`;

/** The bell's topic for every process that runs turns: one was queued that nobody drives yet. */
export const QUEUE_TOPIC = "queue";

/** The bell's topic for every process that runs turns: some wait for others to end. */
export const WAITING_TOPIC = "waiting";
