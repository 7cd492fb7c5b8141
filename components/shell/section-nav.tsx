"use client";

import { ArrowLeft, type LucideIcon } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "../ui/cn";
import { AccountMenu } from "./account-menu";
import { useShell } from "./shell-context";
import { Wordmark } from "./wordmark";

/** A page of a part of the product. `key`: pressed after "g", it goes there, where the part has such shortcuts. */
export type Section = { href: string; label: string; key?: string; icon: LucideIcon };

/** The pages of a part of the product, and the way back to the sessions. */
export function SectionNav({ label, sections }: { label: string; sections: readonly Section[] }) {
  const pathname = usePathname();
  const { closeDrawer } = useShell();
  return (
    <nav aria-label={label} className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-13 shrink-0 items-center px-4">
        <a href="/" aria-label="Flightdeck, start page" className="rounded-md">
          <Wordmark />
        </a>
      </div>
      <ul className="min-h-0 flex-1 space-y-0.5 overflow-y-auto px-2 pt-1">
        {sections.map((section) => {
          const { href, icon: Icon } = section;
          const isCurrent = pathname === href;
          return (
            <li key={href}>
              <Link
                href={href}
                aria-current={isCurrent ? "page" : undefined}
                {...shortcutOf(section)}
                onClick={closeDrawer}
                className={cn(
                  "flex min-h-8 items-center gap-2.5 rounded-lg px-2.5 text-sm max-md:min-h-11",
                  isCurrent
                    ? "bg-hover font-medium"
                    : "text-muted-foreground hover:bg-hover/60 hover:text-foreground",
                )}
              >
                <Icon aria-hidden className="size-4" />
                {section.label}
              </Link>
            </li>
          );
        })}
      </ul>
      <div className="shrink-0 space-y-0.5 border-t p-2">
        <a
          href="/"
          className="flex min-h-8 items-center gap-2.5 rounded-lg px-2.5 text-sm text-muted-foreground hover:bg-hover hover:text-foreground max-md:min-h-11"
        >
          <ArrowLeft aria-hidden className="size-4" />
          Back to sessions
        </a>
        <AccountMenu />
      </div>
    </nav>
  );
}

const shortcutOf = ({ label, key }: Section) =>
  key === undefined ? {} : { "aria-keyshortcuts": `g ${key}`, title: `${label} (g then ${key})` };
