"use client";

import type { ReactNode } from "react";
import type { Me } from "@/lib/contracts/me";
import { type Section, SectionNav } from "./section-nav";
import { ShellFrame } from "./shell-frame";

type SectionShellProps = {
  me: Me;
  demo: boolean;
  /** The name of the part. */
  label: string;
  sections: readonly Section[];
  shortcuts?: ReactNode;
  children: ReactNode;
};

/** The frame of the pages of one part of the product. */
export function SectionShell({ me, demo, label, sections, shortcuts, children }: SectionShellProps) {
  return (
    <ShellFrame
      me={me}
      demo={demo}
      navigation={<SectionNav label={label} sections={sections} />}
      navigationTitle={label}
      navigationClass="w-52"
      skipTo="the page"
      shortcuts={shortcuts}
    >
      {children}
    </ShellFrame>
  );
}
