"use client";

import type { ReactNode } from "react";
import type { Me } from "@/lib/contracts/me";
import { Sidebar } from "../sessions/sidebar";
import { GlobalShortcuts } from "./global-shortcuts";
import { ShellFrame } from "./shell-frame";

/** The frame of the pages on which people chat: their sessions at the left. */
export function AppShell({ me, demo, children }: { me: Me; demo: boolean; children: ReactNode }) {
  return (
    <ShellFrame
      me={me}
      demo={demo}
      navigation={<Sidebar />}
      navigationTitle="Sessions"
      navigationClass="w-[17.5rem]"
      skipTo="the conversation"
      shortcuts={<GlobalShortcuts />}
    >
      {children}
    </ShellFrame>
  );
}
