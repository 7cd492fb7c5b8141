import type { PersonRow } from "@/lib/contracts/people";
import type { Role } from "@/lib/contracts/roles";
import { Avatar } from "../../shell/avatar";
import { Badge } from "../../ui/badge";
import type { Column } from "../../ui/data-table";
import { Lamp } from "../../ui/lamp";
import { RelativeTime } from "../../ui/relative-time";

export const ROLE_LABELS: Record<Role, string> = { user: "User", auditor: "Auditor", admin: "Admin" };

export function PersonState({ person }: { person: PersonRow }) {
  return person.disabledAt || person.suspendedAt ? (
    <span className="inline-flex items-center gap-1.5 text-danger">
      <Lamp tone="danger" small />
      {person.disabledAt ? "Disabled" : "Suspended"}
    </span>
  ) : (
    <span className="inline-flex items-center gap-1.5 text-muted-foreground">
      <Lamp tone={person.activeTurns > 0 ? "accent" : "idle"} small blinking={person.activeTurns > 0} />
      {person.activeTurns > 0 ? "Answering" : "Enabled"}
    </span>
  );
}

export const PEOPLE_COLUMNS: readonly Column<PersonRow>[] = [
  {
    key: "person",
    header: "Person",
    sortBy: "login",
    cell: (person) => (
      <span className="flex min-w-0 items-center gap-2.5">
        <Avatar login={person.login} image={person.image} />
        <span className="min-w-0 leading-tight">
          <span className="block truncate font-medium">{person.login}</span>
          <span className="block truncate text-xs text-muted-foreground">
            {person.name}
            {person.role !== "user" && <span className="sm:hidden"> · {ROLE_LABELS[person.role]}</span>}
          </span>
        </span>
      </span>
    ),
  },
  {
    key: "role",
    header: "Role",
    from: "sm",
    cell: ({ role }) =>
      role === "user" ? (
        <span className="text-muted-foreground">{ROLE_LABELS.user}</span>
      ) : (
        <Badge className="text-foreground!">{ROLE_LABELS[role]}</Badge>
      ),
  },
  { key: "state", header: "State", from: "sm", cell: (person) => <PersonState person={person} /> },
  {
    key: "sessions",
    header: "Sessions",
    align: "end",
    from: "md",
    cell: ({ sessions }) => sessions.toLocaleString("en"),
  },
  {
    key: "turns",
    header: "Turns",
    align: "end",
    from: "md",
    cell: ({ turns }) => turns.toLocaleString("en"),
  },
  { key: "logins", header: "Logins", align: "end", from: "lg", cell: ({ logins }) => logins },
  {
    key: "created",
    header: "Joined",
    align: "end",
    from: "xl",
    sortBy: "createdAt",
    cell: ({ createdAt }) => <RelativeTime at={createdAt} className="text-muted-foreground" />,
  },
  {
    key: "seen",
    header: "Last seen",
    align: "end",
    sortBy: "lastSeenAt",
    cell: ({ lastSeenAt }) => (
      <RelativeTime at={lastSeenAt} className="whitespace-nowrap text-muted-foreground" />
    ),
  },
];
