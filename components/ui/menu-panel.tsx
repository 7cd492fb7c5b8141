"use client";

import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { type ReactNode, useState } from "react";
import { cn } from "./cn";
import type { MenuTrigger } from "./lazy-menu";
import { POP_SURFACE, popContainer } from "./pop-surface";

/** One line of a menu. `pick` stands among others of which one is chosen. */
export type MenuEntry =
  | { kind: "action"; label: string; icon: ReactNode; danger?: boolean; onSelect(): void }
  | { kind: "link"; label: string; icon: ReactNode; href: string }
  | { kind: "pick"; label: string; icon: ReactNode; chosen: boolean; onSelect(): void }
  | { kind: "heading"; label: string }
  | { kind: "separator"; label: string };

export type MenuProps = MenuTrigger & {
  entries: readonly MenuEntry[];
  align?: "start" | "end";
  side?: "top" | "bottom";
  className?: string;
};

const ITEM =
  "flex min-h-8 cursor-pointer select-none items-center gap-2.5 rounded-md px-2 py-1.5 text-sm outline-none data-[highlighted]:bg-hover max-md:min-h-11 [&>svg]:size-4 [&>svg]:text-muted-foreground";

/** A menu that opens as soon as it is there. See `Menu`, which loads it. */
export default function MenuPanel({
  trigger,
  entries,
  align = "start",
  side = "bottom",
  className,
}: MenuProps) {
  const [open, setOpen] = useState(true);
  return (
    <DropdownMenu.Root modal={false} open={open} onOpenChange={setOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={popContainer()}>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          onCloseAutoFocus={keepWhatTheActionFocused}
          className={cn(POP_SURFACE, "min-w-44", className)}
        >
          {entries.map((entry) => (
            <Entry key={entry.label} entry={entry} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

// Focus goes back to the button, except where the chosen action has already given it to something it opened.
function keepWhatTheActionFocused(event: Event): void {
  const { activeElement } = document;
  const moved = activeElement !== null && activeElement !== document.body;
  if (moved) event.preventDefault();
}

function Entry({ entry }: { entry: MenuEntry }) {
  switch (entry.kind) {
    case "heading":
      return (
        <DropdownMenu.Label className="px-2 pt-1.5 pb-1 text-xs text-muted-foreground">
          {entry.label}
        </DropdownMenu.Label>
      );
    case "separator":
      return <DropdownMenu.Separator className="my-1 h-px bg-border" />;
    case "link":
      return (
        <DropdownMenu.Item asChild className={ITEM}>
          <a href={entry.href}>
            {entry.icon}
            {entry.label}
          </a>
        </DropdownMenu.Item>
      );
    case "pick":
      return (
        <DropdownMenu.CheckboxItem
          role="menuitemradio"
          checked={entry.chosen}
          onSelect={(event) => {
            event.preventDefault();
            entry.onSelect();
          }}
          className={ITEM}
        >
          {entry.icon}
          {entry.label}
          <Check aria-hidden className={cn("ml-auto text-accent!", !entry.chosen && "invisible")} />
        </DropdownMenu.CheckboxItem>
      );
    case "action":
      return (
        <DropdownMenu.Item
          onSelect={entry.onSelect}
          className={cn(ITEM, entry.danger && "text-danger [&>svg]:text-danger")}
        >
          {entry.icon}
          {entry.label}
        </DropdownMenu.Item>
      );
  }
}
