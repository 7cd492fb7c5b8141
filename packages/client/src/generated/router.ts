// Written by `node scripts/run.mjs client` from the server's router; do not edit.
import type { Mutation, Query, Subscription } from "../procedure.js";

export type AbortTurnResult = { aborted: boolean };
export type AddServerInput = { address: string; token?: string | undefined };
export type AdminJobPage = { items: AdminJobRow[]; nextCursor: string | null };
export type AdminJobRow = {
  owner: { id: string; login: string; image: string | null };
  promptChars: number;
  worker: string | null;
  id: string;
  status: JobStatus;
  sessionId: string | null;
  scheduleId: string | null;
  model: string | null;
  priority: JobPriority;
  attempts: number;
  maxAttempts: number;
  runAt: Date;
  deadline: Date | null;
  code: string | null;
  message: string | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
};
export type AdminSessionDetails = {
  session: AdminSessionRow;
  turns: AdminTurn[];
  lease: { fence: number; owner: string | null; expiresAt: Date | null; standby: string | null };
  cliSession: string;
  memoryFromSeq: number | null;
  bytes: number;
  events: { type: string; count: number; bytes: number }[];
  errors: { code: string; count: number; lastAt: Date }[];
  hold: { reason: string; by: string; at: Date } | null;
  transcripts: "closed" | "with-reason";
};
export type AdminSessionPage = {
  items: AdminSessionRow[];
  total: number;
  nextCursor: string | null;
  previousCursor: string | null;
};
export type AdminSessionRow = {
  id: string;
  title: string;
  owner: { id: string; login: string; image: string | null };
  state: AdminSessionState;
  model: string | null;
  server: string | null;
  moveTo: string | null;
  heldBy: string | null;
  lastSeq: number;
  turns: number;
  onHold: boolean;
  createdAt: Date;
  lastActivityAt: Date;
  archivedAt: Date | null;
};
export type AdminSessionSort = "createdAt" | "lastActivityAt";
export type AdminSessionState = "archived" | "idle" | "queued" | "running";
export type AdminTurn = {
  turnId: string;
  seq: number;
  status: TurnStatus;
  model: string | null;
  server: string | null;
  code: string | null;
  promptChars: number;
  createdAt: Date;
  startedAt: Date | null;
  firstTextAt: Date | null;
  endedAt: Date | null;
};
export type AuditAction =
  | "access_refused"
  | "audit.exported"
  | "cleanup.changed"
  | "cleanup.ended"
  | "cleanup.started"
  | "hold.lifted"
  | "hold.set"
  | "job.cancelled"
  | "person.disabled"
  | "person.enabled"
  | "person.limit_changed"
  | "person.restored"
  | "person.role_changed"
  | "person.signed_out"
  | "person.suspended"
  | "person.token_used"
  | "provider.added"
  | "provider.changed"
  | "provider.removed"
  | "provider.tested"
  | "schedule.changed"
  | "schedule.created"
  | "schedule.deleted"
  | "schedule.paused"
  | "schedule.resumed"
  | "server.added"
  | "server.drained"
  | "server.removed"
  | "server.restarted"
  | "server.resumed"
  | "session.archived"
  | "session.deleted"
  | "session.detached"
  | "session.moved"
  | "session.read"
  | "session.stopped"
  | "sessions.exported"
  | "sign_in"
  | "sign_in_refused"
  | "sign_out"
  | "token.created"
  | "token.revoked";
export type AuditEvent = {
  seq: number;
  at: Date;
  actor: { id: string | null; name: string } | null;
  address: string | null;
  action: string;
  target: { type: string; id: string; name: string | null } | null;
  result: "failed" | "ok" | "refused";
  code: string | null;
  details: { [key: string]: unknown };
  hash: string;
};
export type AuditExportPage = { items: AuditEvent[]; nextAfterSeq: number | null };
export type AuditPage = { items: AuditEvent[]; nextCursor: number | null };
export type BulkResult = {
  results: ({ id: string; ok: false; code: string; message: string } | { id: string; ok: true })[];
};
export type CreateProviderInput = {
  name: string;
  kind: ProviderKind;
  wireApi: WireApi;
  baseUrl: string;
  azureApiVersion: string | null;
  models: ProviderModel[];
  disabled: boolean;
  key: string | null;
  headers: { name: string; value: string }[];
};
export type CreateSessionInput = {
  model?: string | undefined;
  title?: string | undefined;
  idempotencyKey?: string | undefined;
};
export type CreateTokenInput = { name: string; scopes: Scope[]; days: number | null };
export type CreatedJobs = {
  results: ({ ok: false; code: string; message: string } | { ok: true; jobId: string; status: JobStatus })[];
};
export type ErrorCode =
  | "address_closed"
  | "address_not_found"
  | "answer_late"
  | "body_too_large"
  | "copilot_not_licensed"
  | "cross_site_request"
  | "database_unavailable"
  | "fleet_exhausted"
  | "github_sign_in_required"
  | "github_unavailable"
  | "idempotency_conflict"
  | "internal"
  | "invalid_input"
  | "job_not_found"
  | "job_not_retryable"
  | "last_administrator"
  | "login_not_allowed"
  | "media_type_not_supported"
  | "method_not_allowed"
  | "mixed_credentials"
  | "model_not_available"
  | "not_permitted"
  | "not_signed_in"
  | "not_yourself"
  | "person_not_found"
  | "provider_changed"
  | "provider_limit"
  | "provider_not_available"
  | "provider_not_found"
  | "provider_secret_needed"
  | "queue_full"
  | "role_fixed_by_settings"
  | "role_given_by_github"
  | "schedule_not_found"
  | "server_draining"
  | "server_exists"
  | "server_not_found"
  | "server_not_supervised"
  | "server_supervised"
  | "service_identity_refused"
  | "session_not_found"
  | "session_on_hold"
  | "shutting_down"
  | "token_expired"
  | "token_invalid"
  | "token_limit_reached"
  | "token_not_found"
  | "token_out_of_scope"
  | "token_revoked"
  | "too_many_attempts"
  | "too_many_requests"
  | "too_many_schedules"
  | "too_many_sessions"
  | "too_many_streams"
  | "too_many_turns"
  | "transcripts_closed"
  | "turn_aborted"
  | "turn_already_active"
  | "turn_failed"
  | "turn_not_found"
  | "turn_not_retryable";
export type EventPage = {
  events: (
    | {
        type: "assistant.delta";
        data: { messageId: string; text: string };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
    | {
        type: "assistant.message";
        data: { messageId: string; content: string; partial: boolean; folded: [number, number][] };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
    | {
        type: "assistant.reasoning";
        data: { reasoningId: string; content: string; folded: [number, number][] };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
    | {
        type: "assistant.reasoning_delta";
        data: { reasoningId: string; text: string };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
    | {
        type: "assistant.retracted";
        data: { messageId: string; folded: [number, number][] };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
    | {
        type: "session.moved";
        data: {
          from: string;
          to: string;
          reason: "administrator" | "server_busy" | "server_draining" | "server_lost" | "server_set_aside";
        };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
    | {
        type: "session.read";
        data: { by: string; reason: string };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
    | {
        type: "session.updated";
        data: {
          title?: string | undefined;
          model?: string | null | undefined;
          archived?: boolean | undefined;
        };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
    | {
        type: "turn.ended";
        data: {
          outcome: "aborted" | "failed" | "succeeded";
          code?: string | undefined;
          message?: string | undefined;
        };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
    | {
        type: "turn.notice";
        data: {
          code: "memory_lost" | "memory_rebuilt" | "model_retrying" | "waiting_for_server";
          message: string;
        };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
    | {
        type: "turn.queued";
        data: { position: number; reason: "person_limit" | "servers_busy" };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
    | {
        type: "turn.started";
        data: { model: string | null; identity?: "provider" | "service" | "user" | undefined };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
    | {
        type: "usage";
        data: {
          model: string;
          inputTokens: number;
          outputTokens: number;
          cacheReadTokens?: number | undefined;
          reasoningTokens?: number | undefined;
          cost?: number | undefined;
          durationMs?: number | undefined;
          timeToFirstTokenMs?: number | undefined;
        };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
    | {
        type: "user.message";
        data: { content: string; retryOf?: string | undefined };
        seq: number;
        at: Date;
        turnId?: string | undefined;
      }
  )[];
  lastSeq: number;
};
export type Fleet = {
  servers: ServerRow[];
  removed: { id: string; removedAt: Date; activeTurns: number }[];
  waitingTurns: number;
};
export type HoldRow = {
  targetType: "person" | "session";
  targetId: string;
  reason: string;
  name: string | null;
  heldBy: string;
  heldAt: Date;
};
export type Job = {
  prompt: string;
  metadata: { [key: string]: unknown } | null;
  turnId: string | null;
  result: string | null;
  tries: JobTry[];
  progress: { events: number; lastActivityAt: Date | null };
  cancelRequested: boolean;
  update: number;
  id: string;
  status: JobStatus;
  sessionId: string | null;
  scheduleId: string | null;
  model: string | null;
  priority: JobPriority;
  attempts: number;
  maxAttempts: number;
  runAt: Date;
  deadline: Date | null;
  code: string | null;
  message: string | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
};
export type JobPage = { items: JobRow[]; nextCursor: string | null };
export type JobPriority = "high" | "low" | "normal";
export type JobRow = {
  promptStart: string;
  id: string;
  status: JobStatus;
  sessionId: string | null;
  scheduleId: string | null;
  model: string | null;
  priority: JobPriority;
  attempts: number;
  maxAttempts: number;
  runAt: Date;
  deadline: Date | null;
  code: string | null;
  message: string | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
};
export type JobStatus = "cancelled" | "failed" | "queued" | "running" | "succeeded";
export type JobTry = {
  turnId: string | null;
  outcome: "aborted" | "failed" | "succeeded";
  code: string | null;
  message: string | null;
  startedAt: Date;
  endedAt: Date;
};
export type Me = {
  id: string;
  login: string;
  name: string | null;
  image: string | null;
  role: Role;
  github: "active" | "sign_in_required";
  identity: "service" | "user";
  demo: boolean;
};
export type Model = {
  id: string;
  name: string;
  contextTokens: number | null;
  multiplier: number | null;
  vision: boolean;
  reasoning: boolean;
  provider: { name: string; shared: boolean } | null;
};
export type ModelList = { models: Model[]; defaultModel: string | null; copilot: string | null };
export type NewToken = {
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  lastUsedAddress: string | null;
  token: string;
};
export type Overview = {
  stepMs: number;
  steps: OverviewStep[];
  turns: number;
  people: number;
  firstTextP50Ms: number | null;
  firstTextP95Ms: number | null;
  failures: { code: string; turns: number }[];
  now: {
    running: number;
    queued: number;
    longestWaitMs: number;
    watches: number;
    processes: number;
    servers: {
      id: string;
      state: ServerState;
      draining: boolean;
      isSpare: boolean;
      activeTurns: number;
      turnsMax: number;
    }[];
  };
};
export type OverviewInput = { from: Date; to: Date };
export type OverviewStep = {
  at: Date;
  succeeded: number;
  failed: number;
  aborted: number;
  people: number;
  firstTextP50Ms: number | null;
  firstTextP95Ms: number | null;
};
export type PeoplePage = { items: PersonRow[]; total: number };
export type PersonRow = {
  id: string;
  login: string;
  name: string | null;
  image: string | null;
  role: Role;
  roleFixed: boolean;
  mappedRole: Role | null;
  disabledAt: Date | null;
  suspendedAt: Date | null;
  turnsMax: number | null;
  createdAt: Date;
  lastSeenAt: Date;
  sessions: number;
  turns: number;
  activeTurns: number;
  logins: number;
};
export type PreviewRetentionInput = { rules?: RetentionRule[] | undefined };
export type PreviewScheduleInput = { cron: string; timeZone: string };
export type Provider = {
  id: string;
  name: string;
  kind: ProviderKind;
  wireApi: WireApi;
  baseUrl: string;
  azureApiVersion: string | null;
  hasKey: boolean;
  headers: string[];
  models: ProviderModel[];
  disabled: boolean;
  version: number;
  updatedAt: Date;
};
export type ProviderKind = "anthropic" | "azure" | "compatible" | "openai";
export type ProviderList = { items: Provider[] };
export type ProviderModel = {
  id: string;
  name: string | null;
  maxPromptTokens: number | null;
  maxOutputTokens: number | null;
};
export type ProviderTest =
  | {
      ok: false;
      reason:
        | "address_closed"
        | "cut_off"
        | "key_refused"
        | "no_connection"
        | "no_such_host"
        | "no_such_model"
        | "no_tls"
        | "not_a_model"
        | "quota"
        | "rate_limited"
        | "redirected"
        | "request_refused"
        | "server_error"
        | "too_slow";
      status: number | null;
      message: string;
    }
  | { ok: true; durationMs: number };
export type RanSchedule = { jobId: string };
export type Retention = {
  rules: { kind: RetentionKind; role: Role | null; days: number; enabled: boolean; id: string }[];
  holds: HoldRow[];
  nextRunAt: Date | null;
};
export type RetentionHold = { targetType: "person" | "session"; targetId: string; reason: string };
export type RetentionKind = "age" | "archived" | "idle" | "never_used";
export type RetentionPreview = {
  sessions: number;
  people: number;
  events: number;
  isEstimate: boolean;
  exempt: { onHold: number; active: number };
  rules: { sessions: number }[];
  samples: { id: string; title: string; owner: string; lastActivityAt: Date; createdAt: Date }[];
};
export type RetentionRule = { kind: RetentionKind; role: Role | null; days: number; enabled: boolean };
export type RetentionRun = {
  id: string;
  state: "completed" | "failed" | "running";
  startedBy: string | null;
  startedAt: Date;
  endedAt: Date | null;
  sessions: number;
  events: number;
  orphanFiles: number;
  orphanRows: number;
  longestBatchMs: number;
  error: string | null;
};
export type RetentionRuns = { items: RetentionRun[] };
export type Role = "admin" | "auditor" | "user";
export type Schedule = {
  id: string;
  name: string;
  cron: string;
  words: string;
  timeZone: string;
  prompt: string;
  model: string | null;
  sessionId: string | null;
  inSession: boolean;
  overlap: "queue" | "skip";
  missed: "once" | "skip";
  failuresInRow: number;
  maxFailures: number;
  paused: { at: Date; code: string | null; message: string | null } | null;
  nextRunAt: Date | null;
  nextRuns: Date[];
  createdAt: Date;
};
export type ScheduleList = { items: Schedule[] };
export type SchedulePreview =
  | { ok: false; field: "cron" | "timeZone"; problem: string }
  | { ok: true; words: string; nextRuns: Date[] };
export type ScheduleRunPage = { items: ScheduleRunRow[]; nextCursor: string | null };
export type ScheduleRunRow = {
  id: string;
  dueAt: Date;
  byHand: boolean;
  outcome: "missed" | "overlap" | "refused" | "started";
  moments: number;
  job: {
    id: string;
    status: JobStatus;
    sessionId: string | null;
    code: string | null;
    message: string | null;
    startedAt: Date | null;
    endedAt: Date | null;
  } | null;
};
export type Scope = "admin" | "jobs" | "sessions:read" | "sessions:write";
export type SendPromptInput = { sessionId: string; prompt: string; idempotencyKey: string };
export type ServerRef = { id: string };
export type ServerRow = {
  id: string;
  address: string;
  source: "added" | "settings" | "supervised";
  state: ServerState;
  draining: boolean;
  restarting: boolean;
  isSpare: boolean;
  version: string | null;
  latencyMs: number | null;
  activeTurns: number;
  turnsMax: number;
  attachedSessions: number;
  sessions: number;
  memoryBytes: number | null;
  children: number | null;
  pid: number | null;
  upSince: Date | null;
  lostTimes: number;
  lastError: string | null;
  quarantinedUntil: Date | null;
};
export type ServerState = "down" | "quarantined" | "ready" | "starting";
export type SessionExport = { items: AdminSessionRow[]; nextCursor: string | null };
export type SessionPage = { items: SessionSummary[]; nextCursor: string | null };
export type SessionSummary = {
  id: string;
  title: string;
  model: string | null;
  archived: boolean;
  activeTurn: { turnId: string; status: TurnStatus } | null;
  lastSeq: number;
  createdAt: Date;
  lastActivityAt: Date;
};
export type TestProviderInput = { providerId: string; model: string };
export type TokenList = { items: TokenRow[] };
export type TokenRow = {
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  lastUsedAddress: string | null;
};
export type Turn = {
  turnId: string;
  sessionId: string;
  seq: number;
  status: TurnStatus;
  prompt: string;
  model: string | null;
  retryOf: string | null;
  code: string | null;
  message: string | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
};
export type TurnFailureCode =
  | "address_closed"
  | "cli_server_lost"
  | "context_limit"
  | "copilot_not_licensed"
  | "fleet_exhausted"
  | "github_sign_in_required"
  | "internal"
  | "interrupted"
  | "model_not_available"
  | "model_rejected"
  | "model_unavailable"
  | "provider_not_available"
  | "provider_rejected_key"
  | "rate_limited"
  | "service_identity_refused"
  | "timed_out";
export type TurnRef = { turnId: string; seq: number; status: TurnStatus };
export type TurnStatus = "aborted" | "failed" | "queued" | "running" | "succeeded";
export type UpdatePeopleInput = {
  ids: string[];
  role?: Role | undefined;
  turnsMax?: number | null | undefined;
};
export type UpdateProviderInput = {
  name: string;
  kind: ProviderKind;
  wireApi: WireApi;
  baseUrl: string;
  azureApiVersion: string | null;
  models: ProviderModel[];
  disabled: boolean;
  providerId: string;
  version: number;
  headers: { name: string; value?: string | undefined }[];
  key?: string | null | undefined;
};
export type UpdateRetentionInput = {
  rules?: RetentionRule[] | undefined;
  hold?: RetentionHold | undefined;
  lift?: { targetType: "person" | "session"; targetId: string } | undefined;
};
export type UpdateScheduleInput = {
  scheduleId: string;
  name?: string | undefined;
  cron?: string | undefined;
  timeZone?: string | undefined;
  prompt?: string | undefined;
  model?: string | null | undefined;
  sessionId?: string | null | undefined;
  overlap?: "queue" | "skip" | undefined;
  missed?: "once" | "skip" | undefined;
  maxFailures?: number | undefined;
};
export type UpdateSessionInput = {
  sessionId: string;
  title?: string | undefined;
  model?: string | undefined;
  archived?: boolean | undefined;
};
export type WatchInput = { sessionId: string; lastEventId?: string | null | undefined };
export type WireApi = "completions" | "messages" | "responses";
export type WireEvent =
  | {
      seq: number;
      at: Date;
      type: "assistant.delta";
      data: { messageId: string; text: string };
      turnId?: string | undefined;
    }
  | {
      seq: number;
      at: Date;
      type: "assistant.message";
      data: { messageId: string; content: string; partial: boolean; folded: [number, number][] };
      turnId?: string | undefined;
    }
  | {
      seq: number;
      at: Date;
      type: "assistant.reasoning";
      data: { reasoningId: string; content: string; folded: [number, number][] };
      turnId?: string | undefined;
    }
  | {
      seq: number;
      at: Date;
      type: "assistant.reasoning_delta";
      data: { reasoningId: string; text: string };
      turnId?: string | undefined;
    }
  | {
      seq: number;
      at: Date;
      type: "assistant.retracted";
      data: { messageId: string; folded: [number, number][] };
      turnId?: string | undefined;
    }
  | {
      seq: number;
      at: Date;
      type: "session.moved";
      data: {
        from: string;
        to: string;
        reason: "administrator" | "server_busy" | "server_draining" | "server_lost" | "server_set_aside";
      };
      turnId?: string | undefined;
    }
  | {
      seq: number;
      at: Date;
      type: "session.read";
      data: { by: string; reason: string };
      turnId?: string | undefined;
    }
  | {
      seq: number;
      at: Date;
      type: "session.updated";
      data: { title?: string | undefined; model?: string | null | undefined; archived?: boolean | undefined };
      turnId?: string | undefined;
    }
  | {
      seq: number;
      at: Date;
      type: "turn.ended";
      data: {
        outcome: "aborted" | "failed" | "succeeded";
        code?: string | undefined;
        message?: string | undefined;
      };
      turnId?: string | undefined;
    }
  | {
      seq: number;
      at: Date;
      type: "turn.notice";
      data: {
        code: "memory_lost" | "memory_rebuilt" | "model_retrying" | "waiting_for_server";
        message: string;
      };
      turnId?: string | undefined;
    }
  | {
      seq: number;
      at: Date;
      type: "turn.queued";
      data: { position: number; reason: "person_limit" | "servers_busy" };
      turnId?: string | undefined;
    }
  | {
      seq: number;
      at: Date;
      type: "turn.started";
      data: { model: string | null; identity?: "provider" | "service" | "user" | undefined };
      turnId?: string | undefined;
    }
  | {
      seq: number;
      at: Date;
      type: "usage";
      data: {
        model: string;
        inputTokens: number;
        outputTokens: number;
        cacheReadTokens?: number | undefined;
        reasoningTokens?: number | undefined;
        cost?: number | undefined;
        durationMs?: number | undefined;
        timeToFirstTokenMs?: number | undefined;
      };
      turnId?: string | undefined;
    }
  | {
      seq: number;
      at: Date;
      type: "user.message";
      data: { content: string; retryOf?: string | undefined };
      turnId?: string | undefined;
    };
export type Procedures = {
  admin: {
    audit: {
      export: Mutation<
        | {
            person?: string | undefined;
            actions?: AuditAction[] | undefined;
            target?: string | undefined;
            result?: "failed" | "ok" | "refused" | undefined;
            from?: Date | undefined;
            to?: Date | undefined;
            afterSeq?: number | undefined;
            limit?: number | undefined;
          }
        | undefined,
        AuditExportPage
      >;
      list: Query<
        | {
            person?: string | undefined;
            actions?: AuditAction[] | undefined;
            target?: string | undefined;
            result?: "failed" | "ok" | "refused" | undefined;
            from?: Date | undefined;
            to?: Date | undefined;
            cursor?: number | null | undefined;
            limit?: number | undefined;
          }
        | undefined,
        AuditPage
      >;
    };
    fleet: {
      add: Mutation<AddServerInput, ServerRef>;
      drain: Mutation<{ ids: string[] }, BulkResult>;
      list: Query<void, Fleet>;
      remove: Mutation<{ ids: string[] }, BulkResult>;
      restart: Mutation<{ ids: string[] }, BulkResult>;
      resume: Mutation<{ ids: string[] }, BulkResult>;
    };
    jobs: {
      cancel: Mutation<{ ids: string[] }, BulkResult>;
      list: Query<
        | {
            status?: JobStatus[] | undefined;
            owner?: string | undefined;
            cursor?: string | null | undefined;
            limit?: number | undefined;
          }
        | undefined,
        AdminJobPage
      >;
    };
    overview: Query<OverviewInput, Overview>;
    people: {
      disable: Mutation<{ ids: string[] }, BulkResult>;
      enable: Mutation<{ ids: string[] }, BulkResult>;
      list: Query<
        | {
            query?: string | undefined;
            role?: Role | undefined;
            state?: "disabled" | "enabled" | "suspended" | undefined;
            sort?: "createdAt" | "lastSeenAt" | "login" | undefined;
            descending?: boolean | undefined;
            page?: number | undefined;
            limit?: number | undefined;
          }
        | undefined,
        PeoplePage
      >;
      signOut: Mutation<{ ids: string[] }, BulkResult>;
      update: Mutation<UpdatePeopleInput, BulkResult>;
    };
    providers: {
      create: Mutation<CreateProviderInput, Provider>;
      delete: Mutation<{ providerId: string }, void>;
      list: Query<void, ProviderList>;
      test: Mutation<TestProviderInput, ProviderTest>;
      update: Mutation<UpdateProviderInput, Provider>;
    };
    retention: {
      get: Query<void, Retention>;
      preview: Query<PreviewRetentionInput | undefined, RetentionPreview>;
      run: Mutation<void, RetentionRun>;
      runs: Query<{ limit?: number | undefined } | undefined, RetentionRuns>;
      update: Mutation<UpdateRetentionInput, Retention>;
    };
    sessions: {
      archive: Mutation<{ ids: string[] }, BulkResult>;
      delete: Mutation<{ ids: string[] }, BulkResult>;
      detach: Mutation<{ ids: string[] }, BulkResult>;
      export: Mutation<
        | {
            query?: string | undefined;
            owner?: string | undefined;
            state?: AdminSessionState | undefined;
            model?: string | undefined;
            server?: string | undefined;
            createdFrom?: Date | undefined;
            createdTo?: Date | undefined;
            activeFrom?: Date | undefined;
            activeTo?: Date | undefined;
            after?: string | undefined;
            sort?: AdminSessionSort | undefined;
            descending?: boolean | undefined;
          }
        | undefined,
        SessionExport
      >;
      get: Query<{ sessionId: string }, AdminSessionDetails>;
      list: Query<
        | {
            query?: string | undefined;
            owner?: string | undefined;
            state?: AdminSessionState | undefined;
            model?: string | undefined;
            server?: string | undefined;
            createdFrom?: Date | undefined;
            createdTo?: Date | undefined;
            activeFrom?: Date | undefined;
            activeTo?: Date | undefined;
            after?: string | undefined;
            before?: string | undefined;
            limit?: number | undefined;
            sort?: AdminSessionSort | undefined;
            descending?: boolean | undefined;
          }
        | undefined,
        AdminSessionPage
      >;
      move: Mutation<{ ids: string[]; server: string }, BulkResult>;
      stop: Mutation<{ ids: string[] }, BulkResult>;
      transcript: Mutation<{ sessionId: string; reason: string; afterSeq?: number | undefined }, EventPage>;
    };
  };
  jobs: {
    cancel: Mutation<RanSchedule, Job>;
    create: Mutation<
      {
        prompt: string;
        idempotencyKey: string;
        sessionId?: string | undefined;
        model?: string | undefined;
        priority?: JobPriority | undefined;
        notBefore?: Date | undefined;
        deadline?: Date | undefined;
        maxAttempts?: number | undefined;
        metadata?: { [key: string]: unknown } | undefined;
      },
      Job
    >;
    createMany: Mutation<
      {
        jobs: {
          prompt: string;
          idempotencyKey: string;
          sessionId?: string | undefined;
          model?: string | undefined;
          priority?: JobPriority | undefined;
          notBefore?: Date | undefined;
          deadline?: Date | undefined;
          maxAttempts?: number | undefined;
          metadata?: { [key: string]: unknown } | undefined;
        }[];
      },
      CreatedJobs
    >;
    get: Query<RanSchedule, Job>;
    list: Query<
      | {
          status?: JobStatus[] | undefined;
          scheduleId?: string | undefined;
          cursor?: string | null | undefined;
          limit?: number | undefined;
        }
      | undefined,
      JobPage
    >;
    retry: Mutation<RanSchedule, Job>;
    watch: Subscription<
      { jobId: string; afterUpdate?: number | undefined; lastEventId?: string | null | undefined },
      AsyncIterable<{ id: string; data: Job }, void>
    >;
  };
  me: { get: Query<void, Me> };
  models: { list: Query<void, ModelList> };
  providers: {
    create: Mutation<CreateProviderInput, Provider>;
    delete: Mutation<{ providerId: string }, void>;
    list: Query<void, ProviderList>;
    test: Mutation<TestProviderInput, ProviderTest>;
    update: Mutation<UpdateProviderInput, Provider>;
  };
  schedules: {
    create: Mutation<
      {
        name: string;
        cron: string;
        prompt: string;
        timeZone?: string | undefined;
        model?: string | undefined;
        sessionId?: string | undefined;
        overlap?: "queue" | "skip" | undefined;
        missed?: "once" | "skip" | undefined;
        maxFailures?: number | undefined;
      },
      Schedule
    >;
    delete: Mutation<{ scheduleId: string }, void>;
    get: Query<{ scheduleId: string }, Schedule>;
    list: Query<void, ScheduleList>;
    pause: Mutation<{ scheduleId: string }, Schedule>;
    preview: Query<PreviewScheduleInput, SchedulePreview>;
    resume: Mutation<{ scheduleId: string }, Schedule>;
    runNow: Mutation<{ scheduleId: string }, RanSchedule>;
    runs: Query<
      { scheduleId: string; cursor?: string | null | undefined; limit?: number | undefined },
      ScheduleRunPage
    >;
    update: Mutation<UpdateScheduleInput, Schedule>;
  };
  sessions: {
    create: Mutation<CreateSessionInput | undefined, SessionSummary>;
    delete: Mutation<{ sessionId: string }, void>;
    events: Query<
      { sessionId: string; afterSeq?: number | undefined; limit?: number | undefined },
      EventPage
    >;
    get: Query<{ sessionId: string }, SessionSummary>;
    list: Query<
      | {
          query?: string | undefined;
          archived?: boolean | undefined;
          cursor?: string | null | undefined;
          limit?: number | undefined;
        }
      | undefined,
      SessionPage
    >;
    update: Mutation<UpdateSessionInput, SessionSummary>;
    watch: Subscription<WatchInput, AsyncIterable<{ id: string; data: WireEvent }>>;
  };
  tokens: {
    create: Mutation<CreateTokenInput, NewToken>;
    list: Query<void, TokenList>;
    revoke: Mutation<ServerRef, void>;
  };
  turns: {
    abort: Mutation<{ sessionId: string }, AbortTurnResult>;
    get: Query<{ turnId: string }, Turn>;
    retry: Mutation<{ turnId: string }, TurnRef>;
    send: Mutation<SendPromptInput, TurnRef>;
  };
};
