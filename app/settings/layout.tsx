import type { Metadata } from "next";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { signInHref } from "@/client/sign-in-redirect";
import { SettingsShell } from "@/components/settings/settings-shell";
import { currentPerson, isDemo } from "@/server/runtime/page";
import "../admin/admin.css";

export const metadata: Metadata = { title: "Settings · Flightdeck" };

/** The frame around the pages on which people set what is their own. */
export default async function SettingsLayout({ children }: { children: ReactNode }) {
  const me = await currentPerson();
  if (!me) redirect(signInHref("/settings"));
  return (
    <SettingsShell me={me} demo={isDemo()}>
      {children}
    </SettingsShell>
  );
}
