import type { SessionSummary } from "@/lib/contracts/sessions";

export type SessionGroup = { label: string; sessions: SessionSummary[] };

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Sessions under "Today", "Yesterday", "Previous 7 days" and "Older", by calendar day where `now` is. Keeps the
 *  order it is given; empty groups are left out. */
export function groupByAge(sessions: readonly SessionSummary[], now: Date): SessionGroup[] {
  const groups: SessionGroup[] = [];
  for (const session of sessions) {
    const label = ageLabel(session.lastActivityAt, now);
    const group = groups.find((each) => each.label === label);
    if (group) group.sessions.push(session);
    else groups.push({ label, sessions: [session] });
  }
  return groups;
}

function ageLabel(at: Date, now: Date): string {
  // Rounded, because a day on which the clock changes has 23 or 25 hours.
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  return days <= 7 ? "Previous 7 days" : "Older";
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
