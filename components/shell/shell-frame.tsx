"use client";

import { type ReactNode, useCallback, useMemo, useState } from "react";
import { FlightdeckProvider } from "@/client/provider";
import type { Me } from "@/lib/contracts/me";
import { cn } from "../ui/cn";
import { Drawer } from "../ui/dialog";
import { DemoBanner } from "./demo-banner";
import { IdentityBanner } from "./identity-banner";
import { ShellProvider } from "./shell-context";

type ShellFrameProps = {
  me: Me;
  demo: boolean;
  /** What stands at the left, in a drawer on narrow screens; it says how wide it is there by `navigationClass`. */
  navigation: ReactNode;
  navigationTitle: string;
  navigationClass: string;
  /** Where the link goes that comes first for the keyboard. */
  skipTo: string;
  shortcuts: ReactNode;
  children: ReactNode;
};

/** The frame of every page for signed-in people: navigation, main area, messages. */
export function ShellFrame(props: ShellFrameProps) {
  const { me, demo, navigation, navigationTitle, navigationClass, skipTo, shortcuts, children } = props;
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
          Skip to {skipTo}
        </a>
        <div className="flex h-dvh flex-col">
          {demo && <DemoBanner />}
          {me.identity === "service" && <IdentityBanner />}
          <div className="flex min-h-0 flex-1">
            <div className={cn("hidden shrink-0 flex-col border-r bg-sidebar md:flex", navigationClass)}>
              {navigation}
            </div>
            <main id="main" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
              {children}
            </main>
          </div>
        </div>
        <Drawer open={drawer} onOpenChange={setDrawer} title={navigationTitle}>
          {navigation}
        </Drawer>
        {shortcuts}
      </ShellProvider>
    </FlightdeckProvider>
  );
}
