"use client";

import { ChevronsUpDown } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Badge } from "../ui/badge";
import { LazyMenu } from "../ui/lazy-menu";
import { Avatar } from "./avatar";
import { useShell } from "./shell-context";

const loadPanel = () => import("./account-menu-panel");
const Panel = lazy(loadPanel);
const ShortcutsDialog = lazy(() => import("./shortcuts-dialog"));

export function AccountMenu() {
  const { me } = useShell();
  const [shortcuts, setShortcuts] = useState(false);

  const trigger = (
    <button
      type="button"
      aria-label={`Account: ${me.login}`}
      className="flex w-full items-center gap-2.5 rounded-lg p-2 text-left transition-colors hover:bg-hover data-[state=open]:bg-hover"
    >
      <Avatar login={me.login} image={me.image} />
      <span className="min-w-0 flex-1 leading-tight">
        <span className="flex items-center gap-1.5">
          <span className="truncate text-sm font-medium">{me.name ?? me.login}</span>
          {me.role !== "user" && <Badge>{me.role === "admin" ? "Admin" : "Auditor"}</Badge>}
        </span>
        {me.name && <span className="block truncate text-xs text-muted-foreground">{me.login}</span>}
      </span>
      <ChevronsUpDown aria-hidden className="size-4 text-muted-foreground" />
    </button>
  );
  return (
    <>
      <LazyMenu trigger={trigger} load={loadPanel}>
        <Panel trigger={trigger} onShortcuts={() => setShortcuts(true)} />
      </LazyMenu>
      {shortcuts && (
        <Suspense fallback={null}>
          <ShortcutsDialog open onOpenChange={setShortcuts} />
        </Suspense>
      )}
    </>
  );
}
