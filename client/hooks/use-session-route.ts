"use client";

import { usePathname } from "next/navigation";

const SESSION_PATH = /^\/s\/([^/]+)$/;

/** The session the address names; null on the start page. */
export function useSessionRoute(): string | null {
  return SESSION_PATH.exec(usePathname() ?? "")?.[1] ?? null;
}

export function sessionHref(sessionId: string): string {
  return `/s/${sessionId}`;
}

/** Shows a session (null: the start page) without asking the server for a page: every view lives in one layout,
 *  so switching is immediate and keeps focus and scroll of everything around it. */
export function showSession(sessionId: string | null): void {
  const href = sessionId === null ? "/" : sessionHref(sessionId);
  if (window.location.pathname !== href) window.history.pushState(null, "", href);
}
