"use client";

import { Archive, ArchiveRestore, Ellipsis, Pencil, Trash2 } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, memo, useEffect, useRef, useState } from "react";
import { sessionHref, showSession } from "@/client/hooks/use-session-route";
import type { SessionSummary } from "@/lib/contracts/sessions";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { Lamp } from "../ui/lamp";
import { Menu } from "../ui/menu";
import { RenameField } from "./rename-field";
import type { SessionActions } from "./use-session-actions";

type SessionRowProps = {
  session: SessionSummary;
  current: boolean;
  actions: SessionActions;
  onOpen(): void;
  onAskDelete(session: SessionSummary): void;
};

export const SessionRow = memo(function SessionRow({
  session,
  current,
  actions,
  onOpen,
  onAskDelete,
}: SessionRowProps) {
  const [renaming, setRenaming] = useState(false);
  const link = useRef<HTMLAnchorElement>(null);
  const wasRenaming = useRef(false);

  useEffect(() => {
    // The field took focus with it; whoever clicked elsewhere has it there.
    const lost = document.activeElement === document.body;
    if (wasRenaming.current && !renaming && lost) link.current?.focus();
    wasRenaming.current = renaming;
  }, [renaming]);

  if (renaming) {
    return (
      <li className="px-1 py-0.5">
        <RenameField
          title={session.title}
          onDone={(title) => {
            setRenaming(false);
            if (title !== null) actions.rename(session, title);
          }}
        />
      </li>
    );
  }

  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    showSession(session.id);
    onOpen();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "F2") setRenaming(true);
    else if (event.key === "Delete") onAskDelete(session);
    else return;
    event.preventDefault();
  };

  return (
    <li className={cn("group/row relative rounded-lg", current ? "bg-hover" : "hover:bg-hover/60")}>
      <a
        ref={link}
        href={sessionHref(session.id)}
        data-session-link
        aria-current={current ? "page" : undefined}
        onClick={open}
        onKeyDown={onKeyDown}
        className={cn(
          "flex min-h-9 items-center gap-2 rounded-lg py-1.5 pr-9 pl-2.5 text-sm max-md:min-h-11",
          !current && "md:pr-2.5 md:group-focus-within/row:pr-9 md:group-hover/row:pr-9",
        )}
      >
        <span className="truncate">{session.title}</span>
        {session.activeTurn && (
          <>
            <Lamp tone="accent" small blinking className="ml-auto" />
            <span className="sr-only">(answering)</span>
          </>
        )}
      </a>
      <Menu
        trigger={
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Actions for ${session.title}`}
            className={cn(
              "absolute top-1/2 right-1 -translate-y-1/2",
              "md:opacity-0 md:group-hover/row:opacity-100 md:focus-visible:opacity-100 md:data-[state=open]:opacity-100",
              current && "md:opacity-100",
            )}
          >
            <Ellipsis />
          </Button>
        }
        entries={[
          { kind: "action", label: "Rename", icon: <Pencil />, onSelect: () => setRenaming(true) },
          {
            kind: "action",
            label: session.archived ? "Bring back" : "Archive",
            icon: session.archived ? <ArchiveRestore /> : <Archive />,
            onSelect: () => actions.setArchived(session, !session.archived),
          },
          {
            kind: "action",
            label: "Delete",
            icon: <Trash2 />,
            danger: true,
            onSelect: () => onAskDelete(session),
          },
        ]}
      />
    </li>
  );
});
