"use client";

import { NuqsAdapter } from "nuqs/adapters/next/app";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { FlightdeckProvider } from "@/client/provider";
import type { Me } from "@/lib/contracts/me";
import { DemoBanner } from "../shell/demo-banner";
import { ShellProvider } from "../shell/shell-context";
import { Drawer } from "../ui/dialog";
import { AdminNav } from "./admin-nav";
import { AdminShortcuts } from "./admin-shortcuts";

/** The frame of the administrators' pages. */
export function AdminShell({ me, demo, children }: { me: Me; demo: boolean; children: ReactNode }) {
  const [drawer, setDrawer] = useState(false);
  const openDrawer = useCallback(() => setDrawer(true), []);
  const closeDrawer = useCallback(() => setDrawer(false), []);
  const shell = useMemo(() => ({ me, openDrawer, closeDrawer }), [me, openDrawer, closeDrawer]);

  return (
    <NuqsAdapter>
      <FlightdeckProvider>
        <ShellProvider value={shell}>
          <a
            href="#main"
            className="sr-only z-50 rounded-lg bg-primary px-4 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
          >
            Skip to the page
          </a>
          <div className="flex h-dvh flex-col">
            {demo && <DemoBanner />}
            <div className="flex min-h-0 flex-1">
              <div className="hidden w-52 shrink-0 flex-col border-r bg-sidebar md:flex">
                <AdminNav />
              </div>
              <main id="main" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
                {children}
              </main>
            </div>
          </div>
          <Drawer open={drawer} onOpenChange={setDrawer} title="Administration">
            <AdminNav />
          </Drawer>
          <AdminShortcuts />
        </ShellProvider>
      </FlightdeckProvider>
    </NuqsAdapter>
  );
}
