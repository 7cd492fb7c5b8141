"use client";

import { CalendarClock, ListChecks } from "lucide-react";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import type { Me } from "@/lib/contracts/me";
import { SectionNav } from "../shell/section-nav";
import { ShellFrame } from "../shell/shell-frame";

const SECTIONS = [
  { href: "/jobs", label: "Jobs", icon: ListChecks },
  { href: "/schedules", label: "Schedules", icon: CalendarClock },
] as const;

/** The frame of the pages about what runs in the background. */
export function BackgroundShell({ me, demo, children }: { me: Me; demo: boolean; children: ReactNode }) {
  return (
    <NuqsAdapter>
      <ShellFrame
        me={me}
        demo={demo}
        navigation={<SectionNav label="In the background" sections={SECTIONS} />}
        navigationTitle="In the background"
        navigationClass="w-52"
        skipTo="the page"
        shortcuts={null}
      >
        {children}
      </ShellFrame>
    </NuqsAdapter>
  );
}
