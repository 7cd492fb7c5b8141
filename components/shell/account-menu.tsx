"use client";

import { ChevronsUpDown, Gauge, Keyboard, LogIn, LogOut, Monitor, Moon, Settings, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { lazy, Suspense, useState } from "react";
import { signInHref } from "@/client/sign-in-redirect";
import { signOut } from "@/client/sign-out";
import { Badge } from "../ui/badge";
import { Menu } from "../ui/menu";
import type { MenuEntry } from "../ui/menu-panel";
import { toastError } from "../ui/toast";
import { Avatar } from "./avatar";
import { useShell } from "./shell-context";

const ShortcutsDialog = lazy(() => import("./shortcuts-dialog"));

const THEMES = [
  { value: "system", label: "System", icon: <Monitor /> },
  { value: "light", label: "Light", icon: <Sun /> },
  { value: "dark", label: "Dark", icon: <Moon /> },
] as const;

const SETTINGS: MenuEntry = { kind: "link", label: "Settings", icon: <Settings />, href: "/settings" };

const ADMINISTRATION: MenuEntry = {
  kind: "link",
  label: "Administration",
  icon: <Gauge />,
  href: "/admin",
};

const SIGN_IN_AGAIN: MenuEntry = {
  kind: "link",
  label: "Sign in with GitHub again",
  icon: <LogIn />,
  href: signInHref("/", "github_sign_in_required"),
};

export function AccountMenu() {
  const { me } = useShell();
  const { theme, setTheme } = useTheme();
  const [shortcuts, setShortcuts] = useState(false);

  const leave = async () => {
    if (!(await signOut())) toastError("Signing out did not work. Check your connection and try again.");
  };

  return (
    <>
      <Menu
        side="top"
        className="w-60"
        trigger={
          <button
            type="button"
            aria-label={`Account: ${me.login}`}
            className="flex w-full items-center gap-2.5 rounded-lg p-2 text-left transition-colors hover:bg-hover data-[state=open]:bg-hover"
          >
            <Avatar login={me.login} image={me.image} />
            <span className="min-w-0 flex-1 leading-tight">
              <span className="flex items-center gap-1.5">
                <span className="truncate text-sm font-medium">{me.name ?? me.login}</span>
                {me.role !== "user" && <Badge>{me.role === "admin" ? "Admin" : "Auditor"}</Badge>}
              </span>
              {me.name && <span className="block truncate text-xs text-muted-foreground">{me.login}</span>}
            </span>
            <ChevronsUpDown aria-hidden className="size-4 text-muted-foreground" />
          </button>
        }
        entries={[
          { kind: "heading", label: "Theme" },
          ...THEMES.map(({ value, label, icon }) => ({
            kind: "pick" as const,
            label,
            icon,
            chosen: (theme ?? "system") === value,
            onSelect: () => setTheme(value),
          })),
          { kind: "separator", label: "after themes" },
          {
            kind: "action",
            label: "Keyboard shortcuts",
            icon: <Keyboard />,
            onSelect: () => setShortcuts(true),
          },
          SETTINGS,
          ...(me.role === "user" ? [] : [ADMINISTRATION]),
          ...(me.github === "sign_in_required" ? [SIGN_IN_AGAIN] : []),
          { kind: "action", label: "Sign out", icon: <LogOut />, onSelect: () => void leave() },
        ]}
      />
      {shortcuts && (
        <Suspense fallback={null}>
          <ShortcutsDialog open onOpenChange={setShortcuts} />
        </Suspense>
      )}
    </>
  );
}
