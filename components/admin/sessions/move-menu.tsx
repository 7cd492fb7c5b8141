"use client";

import { useQuery } from "@tanstack/react-query";
import { Server } from "lucide-react";
import { useTRPC } from "@/client/trpc";
import { Button } from "../../ui/button";
import { Menu } from "../../ui/menu";

/** A button to pick the CLI server that sessions shall go to. */
export function MoveMenu({ disabled = false, onPick }: { disabled?: boolean; onPick(server: string): void }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.admin.fleet.list.queryOptions());
  const servers = data?.servers.filter(({ draining }) => !draining) ?? [];
  return (
    <Menu
      trigger={
        <Button size="sm" disabled={disabled || servers.length === 0}>
          Move
        </Button>
      }
      entries={[
        { kind: "heading", label: "To server" },
        ...servers.map(({ id }) => ({
          kind: "action" as const,
          label: id,
          icon: <Server />,
          onSelect: () => onPick(id),
        })),
      ]}
    />
  );
}
