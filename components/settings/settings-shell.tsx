"use client";

import type { ReactNode } from "react";
import type { Me } from "@/lib/contracts/me";
import { SectionShell } from "../shell/section-shell";
import { SECTIONS } from "./sections";

/** The frame of the pages of settings. */
export function SettingsShell(props: { me: Me; demo: boolean; children: ReactNode }) {
  return <SectionShell {...props} label="Settings" sections={SECTIONS} />;
}
