"use client";

import { useEffect } from "react";
import { showSession } from "@/client/hooks/use-session-route";
import { useShell } from "./shell-context";

/** Waits until the drawer has been drawn. */
const DRAWER_SHOWN_MS = 60;

/** Ctrl+K and "/" go to the search field, Ctrl+Shift+O starts a session; Cmd works as Ctrl. */
export function GlobalShortcuts() {
  const { openDrawer } = useShell();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const command = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      const search =
        (command && !event.shiftKey && key === "k") || (event.key === "/" && !command && !isTyping(event));
      if (search) {
        event.preventDefault();
        if (!focusSearch()) {
          openDrawer();
          setTimeout(focusSearch, DRAWER_SHOWN_MS);
        }
      } else if (command && event.shiftKey && key === "o") {
        event.preventDefault();
        showSession(null);
      }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [openDrawer]);
  return null;
}

function focusSearch(): boolean {
  const fields = document.querySelectorAll<HTMLInputElement>("[data-session-search]");
  const visible = Array.from(fields).find((field) => field.offsetParent !== null);
  visible?.focus();
  visible?.select();
  return visible !== undefined;
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target instanceof HTMLElement ? event.target : null;
  return (
    target !== null && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}
