"use client";

import {
  CalendarClock,
  Gauge,
  Keyboard,
  ListChecks,
  LogIn,
  LogOut,
  Monitor,
  Moon,
  Settings,
  Sun,
} from "lucide-react";
import { useTheme } from "next-themes";
import { signInHref } from "@/client/sign-in-redirect";
import { signOut } from "@/client/sign-out";
import type { MenuTrigger } from "../ui/lazy-menu";
import MenuPanel, { type MenuEntry } from "../ui/menu-panel";
import { toastError } from "../ui/toast";
import { useShell } from "./shell-context";

const THEMES = [
  { value: "system", label: "System", icon: <Monitor /> },
  { value: "light", label: "Light", icon: <Sun /> },
  { value: "dark", label: "Dark", icon: <Moon /> },
] as const;

const BACKGROUND: readonly MenuEntry[] = [
  { kind: "link", label: "Jobs", icon: <ListChecks />, href: "/jobs" },
  { kind: "link", label: "Schedules", icon: <CalendarClock />, href: "/schedules" },
];

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

type AccountMenuPanelProps = MenuTrigger & { onShortcuts(): void };

/** What the account menu offers. See `AccountMenu`, which loads it. */
export default function AccountMenuPanel({ trigger, onShortcuts }: AccountMenuPanelProps) {
  const { me } = useShell();
  const { theme, setTheme } = useTheme();

  const leave = async () => {
    if (!(await signOut())) toastError("Signing out did not work. Check your connection and try again.");
  };

  return (
    <MenuPanel
      side="top"
      className="w-60"
      trigger={trigger}
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
        ...BACKGROUND,
        { kind: "action", label: "Keyboard shortcuts", icon: <Keyboard />, onSelect: onShortcuts },
        SETTINGS,
        ...(me.role === "user" ? [] : [ADMINISTRATION]),
        ...(me.github === "sign_in_required" ? [SIGN_IN_AGAIN] : []),
        { kind: "action", label: "Sign out", icon: <LogOut />, onSelect: () => void leave() },
      ]}
    />
  );
}
