"use client";

import { CalendarClock, ListChecks } from "lucide-react";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import type { Me } from "@/lib/contracts/me";
import { SectionShell } from "../shell/section-shell";

const SECTIONS = [
  { href: "/jobs", label: "Jobs", icon: ListChecks },
  { href: "/schedules", label: "Schedules", icon: CalendarClock },
] as const;

/** The frame of the pages about what runs in the background. */
export function BackgroundShell(props: { me: Me; demo: boolean; children: ReactNode }) {
  return (
    <NuqsAdapter>
      <SectionShell {...props} label="In the background" sections={SECTIONS} />
    </NuqsAdapter>
  );
}
