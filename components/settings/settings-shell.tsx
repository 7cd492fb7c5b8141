"use client";

import type { ReactNode } from "react";
import type { Me } from "@/lib/contracts/me";
import { SectionNav } from "../shell/section-nav";
import { ShellFrame } from "../shell/shell-frame";
import { SECTIONS } from "./sections";

/** The frame of the pages of settings. */
export function SettingsShell({ me, demo, children }: { me: Me; demo: boolean; children: ReactNode }) {
  return (
    <ShellFrame
      me={me}
      demo={demo}
      navigation={<SectionNav label="Settings" sections={SECTIONS} />}
      navigationTitle="Settings"
      navigationClass="w-52"
      skipTo="the page"
      shortcuts={null}
    >
      {children}
    </ShellFrame>
  );
}
