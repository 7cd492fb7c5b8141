"use client";

import { Archive, ArrowLeft, Search, SquarePen, X } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useEffect, useState } from "react";
import { showSession } from "@/client/hooks/use-session-route";
import { AccountMenu } from "../shell/account-menu";
import { useShell } from "../shell/shell-context";
import { Wordmark } from "../shell/wordmark";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { IconButton } from "../ui/icon-button";
import { SessionList } from "./session-list";

const SEARCH_DEBOUNCE_MS = 180;

export function Sidebar() {
  const { closeDrawer } = useShell();
  const [text, setText] = useState("");
  const [archived, setArchived] = useState(false);
  const query = useDebounced(useDeferredValue(text.trim()), SEARCH_DEBOUNCE_MS);

  const startNew = () => {
    showSession(null);
    closeDrawer();
    document.querySelector<HTMLTextAreaElement>('textarea[aria-label="Prompt"]')?.focus();
  };

  return (
    <nav aria-label="Sessions" className="flex min-h-0 flex-1 flex-col" onKeyDown={moveInList}>
      <div className="flex h-13 shrink-0 items-center px-4">
        <a
          href="/"
          aria-label="Flightdeck, start page"
          className="rounded-md"
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            startNew();
          }}
        >
          <Wordmark />
        </a>
      </div>
      <div className="space-y-2 px-3 pb-2">
        <Button className="w-full justify-start!" onClick={startNew}>
          <SquarePen className="size-4 text-muted-foreground" />
          New session
        </Button>
        <div className="relative">
          <Search
            aria-hidden
            className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted-foreground"
          />
          <input
            type="search"
            data-session-search
            aria-label="Search sessions"
            aria-keyshortcuts="Control+K /"
            placeholder="Search sessions"
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape" && text !== "") {
                event.preventDefault();
                event.stopPropagation();
                setText("");
              }
            }}
            className="h-9 w-full rounded-lg bg-transparent pr-9 pl-9 text-sm transition-colors placeholder:text-muted-foreground hover:bg-hover/60 focus:bg-raised max-md:text-base [&::-webkit-search-cancel-button]:hidden"
          />
          {text !== "" && (
            <IconButton
              label="Clear search"
              size="icon-sm"
              className="absolute top-1/2 right-1 -translate-y-1/2"
              onClick={() => setText("")}
            >
              <X />
            </IconButton>
          )}
        </div>
      </div>
      {archived && <h2 className="px-5.5 pt-1 pb-1 text-sm font-semibold">Archived</h2>}
      <SessionList query={query} archived={archived} onOpen={closeDrawer} />
      <div className="shrink-0 space-y-0.5 border-t p-2">
        <Button
          variant="ghost"
          size="sm"
          aria-pressed={archived}
          className={cn(
            "w-full justify-start! text-sm! font-normal!",
            archived && "bg-hover text-foreground",
          )}
          onClick={() => setArchived(!archived)}
        >
          {archived ? <ArrowLeft className="size-4" /> : <Archive className="size-4" />}
          {archived ? "Back to sessions" : "Archived sessions"}
        </Button>
        <AccountMenu />
      </div>
    </nav>
  );
}

function useDebounced(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value === "" ? 0 : ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** Up and Down walk through the search field and the rows; Home and End go to the ends. */
function moveInList(event: KeyboardEvent<HTMLElement>): void {
  const target = event.target instanceof HTMLElement ? event.target : null;
  const inSearch = target?.hasAttribute("data-session-search") ?? false;
  if (!inSearch && !target?.hasAttribute("data-session-link")) return;
  if (inSearch && event.key !== "ArrowDown") return;
  const stops = Array.from(
    event.currentTarget.querySelectorAll<HTMLElement>("[data-session-search], [data-session-link]"),
  );
  const at = target ? stops.indexOf(target) : -1;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 1, End: stops.length - 1 }[event.key];
  const next = to === undefined ? undefined : stops[to];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
