import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";
import { signInHref } from "@/client/sign-in-redirect";
import { AdminShell } from "@/components/admin/admin-shell";
import { hasRole } from "@/lib/contracts/roles";
import { currentPerson, isDemo } from "@/server/runtime/page";
import "./admin.css";

export const metadata: Metadata = { title: "Administration · Flightdeck" };

/** The frame around the pages of administrators. It only spares others the sight: every call decides for itself. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const me = await currentPerson();
  if (!me) redirect(signInHref("/admin"));
  if (!hasRole(me.role, "auditor")) notFound();
  return (
    <AdminShell me={me} demo={isDemo()}>
      {children}
    </AdminShell>
  );
}
