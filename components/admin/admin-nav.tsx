"use client";

import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { AccountMenu } from "../shell/account-menu";
import { useShell } from "../shell/shell-context";
import { Wordmark } from "../shell/wordmark";
import { cn } from "../ui/cn";
import { SECTIONS } from "./sections";

export function AdminNav() {
  const pathname = usePathname();
  const { closeDrawer } = useShell();
  return (
    <nav aria-label="Administration" className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-13 shrink-0 items-center px-4">
        <a href="/" aria-label="Flightdeck, start page" className="rounded-md">
          <Wordmark />
        </a>
      </div>
      <ul className="min-h-0 flex-1 space-y-0.5 overflow-y-auto px-2 pt-1">
        {SECTIONS.map(({ href, label, key, icon: Icon }) => {
          const isCurrent = pathname === href;
          return (
            <li key={href}>
              <Link
                href={href}
                aria-current={isCurrent ? "page" : undefined}
                aria-keyshortcuts={`g ${key}`}
                title={`${label} (g then ${key})`}
                onClick={closeDrawer}
                className={cn(
                  "flex min-h-8 items-center gap-2.5 rounded-lg px-2.5 text-sm max-md:min-h-11",
                  isCurrent
                    ? "bg-hover font-medium"
                    : "text-muted-foreground hover:bg-hover/60 hover:text-foreground",
                )}
              >
                <Icon aria-hidden className="size-4" />
                {label}
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
