"use client";

import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import type { Me } from "@/lib/contracts/me";
import { ShellFrame } from "../shell/shell-frame";
import { AdminNav } from "./admin-nav";
import { AdminShortcuts } from "./admin-shortcuts";

/** The frame of the administrators' pages. */
export function AdminShell({ me, demo, children }: { me: Me; demo: boolean; children: ReactNode }) {
  return (
    <NuqsAdapter>
      <ShellFrame
        me={me}
        demo={demo}
        navigation={<AdminNav />}
        navigationTitle="Administration"
        navigationClass="w-52"
        skipTo="the page"
        shortcuts={<AdminShortcuts />}
      >
        {children}
      </ShellFrame>
    </NuqsAdapter>
  );
}
