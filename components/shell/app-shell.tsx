"use client";

import { type ReactNode, useCallback, useMemo, useState } from "react";
import { FlightdeckProvider } from "@/client/provider";
import type { Me } from "@/lib/contracts/me";
import { Sidebar } from "../sessions/sidebar";
import { Drawer } from "../ui/dialog";
import { DemoBanner } from "./demo-banner";
import { GlobalShortcuts } from "./global-shortcuts";
import { ShellProvider } from "./shell-context";

/** The frame of every page for signed-in people: sidebar, main area, messages. */
export function AppShell({ me, demo, children }: { me: Me; demo: boolean; children: ReactNode }) {
  const [drawer, setDrawer] = useState(false);
  const openDrawer = useCallback(() => setDrawer(true), []);
  const closeDrawer = useCallback(() => setDrawer(false), []);
  const shell = useMemo(() => ({ me, openDrawer, closeDrawer }), [me, openDrawer, closeDrawer]);

  return (
    <FlightdeckProvider>
      <ShellProvider value={shell}>
        <a
          href="#main"
          className="sr-only z-50 rounded-lg bg-primary px-4 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          Skip to the conversation
        </a>
        <div className="flex h-dvh flex-col">
          {demo && <DemoBanner />}
          <div className="flex min-h-0 flex-1">
            <div className="hidden w-[17.5rem] shrink-0 flex-col border-r bg-sidebar md:flex">
              <Sidebar />
            </div>
            <main id="main" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
              {children}
            </main>
          </div>
        </div>
        <Drawer open={drawer} onOpenChange={setDrawer} title="Sessions">
          <Sidebar />
        </Drawer>
        <GlobalShortcuts />
      </ShellProvider>
    </FlightdeckProvider>
  );
}
