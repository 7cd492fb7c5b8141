"use client";

import { PanelLeft } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../ui/icon-button";
import { useShell } from "./shell-context";

/** The bar above the main area. On narrow screens it opens the sidebar. */
export function TopBar({ children }: { children?: ReactNode }) {
  const { openDrawer } = useShell();
  return (
    <header className="flex h-13 shrink-0 items-center gap-1 px-2 md:px-4">
      <IconButton label="Open sidebar" size="icon-lg" className="md:hidden" onClick={openDrawer}>
        <PanelLeft />
      </IconButton>
      {children}
    </header>
  );
}
