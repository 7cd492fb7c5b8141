"use client";

import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import type { Me } from "@/lib/contracts/me";
import { SectionShell } from "../shell/section-shell";
import { AdminShortcuts } from "./admin-shortcuts";
import { SECTIONS } from "./sections";

/** The frame of the administrators' pages. */
export function AdminShell(props: { me: Me; demo: boolean; children: ReactNode }) {
  return (
    <NuqsAdapter>
      <SectionShell {...props} label="Administration" sections={SECTIONS} shortcuts={<AdminShortcuts />} />
    </NuqsAdapter>
  );
}
