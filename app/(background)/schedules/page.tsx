import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { signInHref } from "@/client/sign-in-redirect";
import { SchedulesPage } from "@/components/schedules/schedules-page";
import { currentPerson } from "@/server/runtime/page";

export const metadata: Metadata = { title: "Schedules · Flightdeck" };

export default async function Page() {
  if (!(await currentPerson())) redirect(signInHref("/schedules"));
  return <SchedulesPage />;
}
