"use client";

import { Pin, Plus } from "lucide-react";
import { useMemo } from "react";
import type { HoldRow, Retention } from "@/lib/contracts/retention";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { type Column, DataTable } from "../../ui/data-table";
import { EmptyState } from "../../ui/empty-state";
import { RelativeTime } from "../../ui/relative-time";
import { useMayChange } from "../use-may-change";
import { Section } from "./section";

const nameOf = ({ name, targetType, targetId }: HoldRow): string =>
  name ?? `${targetType === "session" ? "A session" : "A person"} that is gone (${targetId.slice(0, 8)})`;

const HOLD_COLUMNS: readonly Column<HoldRow>[] = [
  {
    key: "what",
    header: "What",
    className: "max-w-40 sm:max-w-64",
    cell: (hold) => (
      <span className="block py-1.5 leading-tight">
        <span className="flex min-w-0 items-center gap-2">
          <span className="truncate font-medium">{nameOf(hold)}</span>
          <Badge>{hold.targetType === "session" ? "Session" : "Person"}</Badge>
        </span>
        <span className="mt-0.5 line-clamp-2 text-xs text-muted-foreground sm:hidden">{hold.reason}</span>
      </span>
    ),
  },
  {
    key: "why",
    header: "Reason",
    from: "sm",
    className: "max-w-80",
    cell: ({ reason }) => (
      <span className="line-clamp-2 leading-tight" title={reason}>
        {reason}
      </span>
    ),
  },
  {
    key: "who",
    header: "Held by",
    from: "md",
    cell: ({ heldBy }) => <span className="text-muted-foreground">{heldBy}</span>,
  },
  {
    key: "when",
    header: "Since",
    from: "sm",
    cell: ({ heldAt }) => <RelativeTime at={heldAt} className="whitespace-nowrap text-muted-foreground" />,
  },
];

type HoldsSectionProps = {
  holds: Retention["holds"] | undefined;
  onAdd(): void;
  onLift(hold: HoldRow, name: string): void;
};

/** What no rule deletes. */
export function HoldsSection({ holds, onAdd, onLift }: HoldsSectionProps) {
  const mayChange = useMayChange();
  const columns = useMemo(
    () => (mayChange ? [...HOLD_COLUMNS, liftColumn(onLift)] : HOLD_COLUMNS),
    [mayChange, onLift],
  );
  return (
    <Section
      title="Holds"
      text="What is on hold is never deleted by a rule, whatever the rules say: a session, or everything of a person."
      actions={
        mayChange && (
          <Button size="sm" onClick={onAdd}>
            <Plus aria-hidden className="size-4" />
            Add hold
          </Button>
        )
      }
    >
      <DataTable<HoldRow>
        label="Holds"
        columns={columns}
        rows={holds}
        idOf={({ targetType, targetId }) => `${targetType} ${targetId}`}
        nameOf={nameOf}
        skeletonRows={2}
        empty={
          <EmptyState
            icon={<Pin />}
            title="Nothing is on hold"
            text="Hold what has to stay, as for an investigation, or a colleague on a long leave."
          />
        }
      />
    </Section>
  );
}

const liftColumn = (onLift: HoldsSectionProps["onLift"]): Column<HoldRow> => ({
  key: "lift",
  header: "",
  align: "end",
  className: "w-px",
  cell: (hold) => (
    <Button
      size="sm"
      aria-label={`Lift the hold on ${nameOf(hold)}`}
      onClick={() => onLift(hold, nameOf(hold))}
    >
      Lift
    </Button>
  ),
});
