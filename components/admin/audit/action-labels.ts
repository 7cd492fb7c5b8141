import { AUDIT_ACTIONS, type AuditAction } from "@/lib/contracts/audit";

/** What happened, as a person reads it. */
export const ACTION_LABELS: Record<AuditAction, string> = {
  sign_in: "Signed in",
  sign_in_refused: "Sign-in refused",
  sign_out: "Signed out",
  access_refused: "Call refused",
  "person.role_changed": "Changed role",
  "person.disabled": "Disabled person",
  "person.enabled": "Enabled person",
  "person.signed_out": "Signed person out",
  "person.limit_changed": "Changed limit",
  "person.suspended": "Suspended person",
  "person.restored": "Restored person",
  "person.token_used": "Used a token",
  "session.stopped": "Stopped answer",
  "session.detached": "Detached session",
  "session.moved": "Moved session",
  "session.archived": "Archived session",
  "session.deleted": "Deleted session",
  "session.read": "Read session",
  "sessions.exported": "Exported sessions",
  "server.added": "Added server",
  "server.drained": "Drained server",
  "server.resumed": "Resumed server",
  "server.restarted": "Restarted server",
  "server.removed": "Removed server",
  "provider.added": "Added model provider",
  "provider.changed": "Changed model provider",
  "provider.removed": "Removed model provider",
  "provider.tested": "Tested model provider",
  "cleanup.changed": "Changed clean-up rules",
  "cleanup.started": "Started clean-up",
  "cleanup.ended": "Clean-up ended",
  "hold.set": "Set hold",
  "hold.lifted": "Lifted hold",
  "token.created": "Created API token",
  "token.revoked": "Revoked API token",
  "job.cancelled": "Cancelled job",
  "schedule.created": "Created schedule",
  "schedule.changed": "Changed schedule",
  "schedule.paused": "Paused schedule",
  "schedule.resumed": "Resumed schedule",
  "schedule.deleted": "Deleted schedule",
  "audit.exported": "Exported audit log",
};

/** The label of an action, also of one that a later version recorded. */
export const actionLabel = (action: string): string => ACTION_LABELS[action as AuditAction] ?? action;

export const ACTION_OPTIONS = AUDIT_ACTIONS.map((value) => ({ value, label: ACTION_LABELS[value] }));
