"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useModels } from "@/client/hooks/use-models";
import { useTRPC } from "@/client/trpc";
import { AdminSessionState } from "@/lib/contracts/admin-sessions";
import { Button } from "../../ui/button";
import { FilterMenu } from "../../ui/filter-menu";
import { SearchField } from "../../ui/search-field";
import { STATE_LABELS } from "./session-columns";
import { type SessionsView, SPAN_VALUES, SPANS } from "./use-sessions";

const STATES = AdminSessionState.options.map((value) => ({ value, label: STATE_LABELS[value] }));
const SPAN_OPTIONS = SPAN_VALUES.map((value) => {
  const [side, name] = value.split("-") as ["within" | "before", keyof typeof SPANS];
  return {
    value,
    label: side === "within" ? `in the last ${SPANS[name].label}` : `before ${SPANS[name].label}`,
  };
});

type SessionFiltersProps = { view: SessionsView; onChange(change: Partial<SessionsView>): void };

/** The conditions of the list of sessions. */
export function SessionFilters({ view, onChange }: SessionFiltersProps) {
  const trpc = useTRPC();
  const { data: fleet } = useQuery(trpc.admin.fleet.list.queryOptions());
  const { data: models } = useModels();
  const servers = fleet?.servers.map(({ id }) => ({ value: id, label: id })) ?? [];
  const named = (value: string | null, options: { value: string; label: string }[]) =>
    value === null || options.some((option) => option.value === value)
      ? options
      : [...options, { value, label: value }];
  return (
    <>
      <SearchField
        label="Search words in titles"
        placeholder="Words in the title"
        value={view.q}
        onChange={(q) => onChange({ q })}
      />
      {view.owner !== "" && (
        <Button
          size="sm"
          aria-label={`Any owner, not only ${view.owner}`}
          onClick={() => onChange({ owner: "" })}
        >
          <span>
            <span className="text-muted-foreground">Owner: </span>
            {view.owner}
          </span>
          <X aria-hidden className="size-3.5 text-muted-foreground" />
        </Button>
      )}
      <FilterMenu
        label="State"
        value={view.state}
        options={STATES}
        onChange={(state) => onChange({ state })}
      />
      <FilterMenu
        label="Active"
        value={view.active}
        options={SPAN_OPTIONS}
        onChange={(active) => onChange({ active })}
      />
      <FilterMenu
        label="Created"
        value={view.created}
        options={SPAN_OPTIONS}
        onChange={(created) => onChange({ created })}
      />
      <FilterMenu
        label="Model"
        value={view.model}
        options={named(view.model, models?.models.map(({ id, name }) => ({ value: id, label: name })) ?? [])}
        onChange={(model) => onChange({ model })}
      />
      <FilterMenu
        label="Server"
        value={view.server}
        options={named(view.server, servers)}
        onChange={(server) => onChange({ server })}
      />
    </>
  );
}
