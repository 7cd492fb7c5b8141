"use client";

import { Dialog } from "../ui/dialog";
import { Kbd } from "../ui/kbd";

const SHORTCUTS: readonly { what: string; keys: readonly string[] }[] = [
  { what: "Send the prompt", keys: ["Enter"] },
  { what: "New line", keys: ["Shift", "Enter"] },
  { what: "Stop the answer (in the composer)", keys: ["Esc"] },
  { what: "New session", keys: ["Ctrl", "Shift", "O"] },
  { what: "Search sessions", keys: ["Ctrl", "K"] },
  { what: "Search sessions (outside a text field)", keys: ["/"] },
  { what: "Move in the session list", keys: ["↑", "↓"] },
  { what: "Rename the session in focus", keys: ["F2"] },
  { what: "Delete the session in focus", keys: ["Del"] },
];

/** See `AccountMenu`, which loads it when it is asked for. */
export default function ShortcutsDialog({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange(open: boolean): void;
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts">
      <dl className="divide-y text-sm">
        {SHORTCUTS.map(({ what, keys }) => (
          <div key={what} className="flex items-center justify-between gap-4 py-2">
            <dt>{what}</dt>
            <dd className="flex gap-1">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
