"use client";

import { createContext, useContext } from "react";
import type { Me } from "@/lib/contracts/me";

type Shell = { me: Me; openDrawer(): void; closeDrawer(): void };

const ShellContext = createContext<Shell | null>(null);

export const ShellProvider = ShellContext.Provider;

/** The signed-in person and the frame around the page. */
export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (!shell) throw new Error("useShell needs an AppShell above it");
  return shell;
}
