"use client";

import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import type { Me } from "@/lib/contracts/me";
import { SectionNav } from "../shell/section-nav";
import { ShellFrame } from "../shell/shell-frame";
import { AdminShortcuts } from "./admin-shortcuts";
import { SECTIONS } from "./sections";

/** The frame of the administrators' pages. */
export function AdminShell({ me, demo, children }: { me: Me; demo: boolean; children: ReactNode }) {
  return (
    <NuqsAdapter>
      <ShellFrame
        me={me}
        demo={demo}
        navigation={<SectionNav label="Administration" sections={SECTIONS} />}
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
