"use client";

import { Archive, ArchiveRestore, Ellipsis, Pencil, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { SessionSummary } from "@/lib/contracts/sessions";
import { useShell } from "../shell/shell-context";
import { TopBar } from "../shell/top-bar";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { IconButton } from "../ui/icon-button";
import { Lamp } from "../ui/lamp";
import { Menu } from "../ui/menu";
import { Skeleton } from "../ui/skeleton";
import { RenameField } from "./rename-field";
import { useSessionActions } from "./use-session-actions";

const DeleteDialog = lazy(() => import("./delete-dialog"));

/** Title, connection and actions of the open session. */
export function SessionHeader({
  session,
  reconnecting,
}: {
  session: SessionSummary | undefined;
  reconnecting: boolean;
}) {
  const actions = useSessionActions();
  const { me } = useShell();
  const [renaming, setRenaming] = useState(false);
  const [doomed, setDoomed] = useState<SessionSummary | null>(null);

  if (!session) {
    return (
      <TopBar>
        <h1 className="sr-only">Session</h1>
        <Skeleton className="ml-1 h-4 w-44" />
      </TopBar>
    );
  }
  const toggleArchived = () => actions.setArchived(session, !session.archived);
  const archiveLabel = session.archived ? "Bring back" : "Archive";
  const ArchiveIcon = session.archived ? ArchiveRestore : Archive;

  return (
    <TopBar>
      {renaming ? (
        <div className="w-full max-w-md">
          <RenameField
            title={session.title}
            onDone={(title) => {
              setRenaming(false);
              if (title !== null) actions.rename(session, title);
            }}
          />
        </div>
      ) : (
        <h1 className="min-w-0 truncate px-1.5 text-[0.9375rem] font-medium tracking-[-0.005em]">
          {session.title}
        </h1>
      )}
      {me.identity === "service" && !renaming && (
        <Badge title="Copilot is asked under this server's own GitHub identity" className="shrink-0">
          Service identity
        </Badge>
      )}
      <div className="ml-auto flex shrink-0 items-center gap-0.5">
        {reconnecting && (
          <span className="mr-2 flex animate-in items-center gap-2 text-xs text-caution delay-700 duration-300 fill-mode-both fade-in-0">
            <Lamp tone="caution" blinking />
            Reconnecting…
          </span>
        )}
        <div className="hidden md:contents">
          <IconButton label="Rename" onClick={() => setRenaming(true)}>
            <Pencil />
          </IconButton>
          <IconButton label={archiveLabel} onClick={toggleArchived}>
            <ArchiveIcon />
          </IconButton>
          <IconButton label="Delete" onClick={() => setDoomed(session)}>
            <Trash2 />
          </IconButton>
        </div>
        <Menu
          align="end"
          trigger={
            <Button variant="ghost" size="icon-lg" aria-label="Session actions" className="md:hidden">
              <Ellipsis />
            </Button>
          }
          entries={[
            { kind: "action", label: "Rename", icon: <Pencil />, onSelect: () => setRenaming(true) },
            { kind: "action", label: archiveLabel, icon: <ArchiveIcon />, onSelect: toggleArchived },
            {
              kind: "action",
              label: "Delete",
              icon: <Trash2 />,
              danger: true,
              onSelect: () => setDoomed(session),
            },
          ]}
        />
      </div>
      {doomed && (
        <Suspense fallback={null}>
          <DeleteDialog session={doomed} onClose={() => setDoomed(null)} onDelete={actions.remove} />
        </Suspense>
      )}
    </TopBar>
  );
}
