import type { ReactNode } from "react";
import { BackgroundShell } from "@/components/jobs/background-shell";
import { currentPerson, isDemo } from "@/server/runtime/page";
import "../admin/admin.css";

/** The frame around the pages about what runs in the background. */
export default async function BackgroundLayout({ children }: { children: ReactNode }) {
  const me = await currentPerson();
  // The page below sends people who are signed out to the sign-in page: it knows where to come back to.
  if (!me) return children;
  return (
    <BackgroundShell me={me} demo={isDemo()}>
      {children}
    </BackgroundShell>
  );
}
