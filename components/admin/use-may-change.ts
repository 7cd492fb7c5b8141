"use client";

import { useShell } from "../shell/shell-context";

/** Whether the person may change what the administrators' pages show. The server decides again at every call. */
export function useMayChange(): boolean {
  return useShell().me.role === "admin";
}
