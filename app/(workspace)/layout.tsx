import type { ReactNode } from "react";
import { AppShell } from "@/components/shell/app-shell";
import { currentPerson, isDemo } from "@/server/runtime/page";

/** The frame around every view for signed-in people. Going from one session to another happens inside one page. */
export default async function WorkspaceLayout({ children }: { children: ReactNode }) {
  const me = await currentPerson();
  // The page below sends people who are signed out to the sign-in page: it knows where to come back to.
  if (!me) return children;
  return (
    <AppShell me={me} demo={isDemo()}>
      {children}
    </AppShell>
  );
}
