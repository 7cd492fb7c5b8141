"use client";

import { PanelLeft } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../ui/icon-button";
import { useShell } from "./shell-context";

type SectionPageProps = {
  title: string;
  /** What can be done on the page, at the end of its first line. */
  actions?: ReactNode;
  /** Its search field and conditions. */
  filters?: ReactNode;
  children: ReactNode;
};

/** A page with its part of the product at the left: title and actions, filters, and what fills the rest. */
export function SectionPage({ title, actions, filters, children }: SectionPageProps) {
  const { openDrawer } = useShell();
  return (
    <>
      <header className="flex h-13 shrink-0 items-center gap-2 border-b px-2 md:px-6">
        <IconButton label="Open navigation" size="icon-lg" className="md:hidden" onClick={openDrawer}>
          <PanelLeft />
        </IconButton>
        <h1 className="min-w-0 flex-1 truncate text-[0.9375rem] font-semibold tracking-tight">{title}</h1>
        {actions}
      </header>
      {filters && (
        <div className="flex shrink-0 flex-wrap items-center gap-2 border-b px-4 py-2 md:px-6">{filters}</div>
      )}
      {children}
    </>
  );
}

/** The part of a page that scrolls. */
export function SectionScroll({ children }: { children: ReactNode }) {
  return <div className="relative flex min-h-0 flex-1 flex-col overflow-auto">{children}</div>;
}
