"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "./icon-button";

const COPIED_SHOWN_MS = 1_600;

/** Copies `text()`, asked when pressed. Says "Copied" for a moment, also to screen readers. */
export function CopyButton({
  text,
  label = "Copy",
  size = "icon",
}: {
  text(): string;
  label?: string;
  size?: "icon" | "icon-sm";
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  return (
    <>
      <IconButton label={label} size={size} onClick={async () => setCopied(await copyText(text()))}>
        {copied ? <Check className="text-ok" /> : <Copy />}
      </IconButton>
      <span role="status" className="sr-only">
        {copied && "Copied"}
      </span>
    </>
  );
}

// The clipboard API exists only on https and localhost; the old command works everywhere.
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const holder = document.createElement("textarea");
    holder.value = text;
    holder.style.position = "fixed";
    holder.style.opacity = "0";
    document.body.append(holder);
    holder.select();
    const done = document.execCommand("copy");
    holder.remove();
    return done;
  }
}
