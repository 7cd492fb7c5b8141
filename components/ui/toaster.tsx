"use client";

import { createRoot } from "react-dom/client";
import { Toaster as Sonner, toast } from "sonner";

const STYLE = {
  background: "var(--raised)",
  color: "var(--foreground)",
  borderColor: "var(--border)",
  fontFamily: "inherit",
  borderRadius: "0.75rem",
};

let mounted = false;

// Its own root: it comes and goes with no page, and the page was drawn before it was loaded.
function mountOnce(): void {
  if (mounted) return;
  mounted = true;
  const place = document.createElement("div");
  document.body.append(place);
  createRoot(place).render(<Sonner position="bottom-center" toastOptions={{ style: STYLE }} />);
}

/** Draws one message; see `toast`. */
export function showToast(
  kind: "plain" | "error",
  message: string,
  options: { action?: { label: string; onClick(): void } },
): void {
  mountOnce();
  // The toaster hears only of messages that come after its first paint.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => (kind === "error" ? toast.error : toast)(message, options)),
  );
}
