import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { signInHref } from "@/client/sign-in-redirect";
import { JobsPage } from "@/components/jobs/jobs-page";
import { currentPerson } from "@/server/runtime/page";

export const metadata: Metadata = { title: "Jobs · Flightdeck" };

export default async function Page() {
  if (!(await currentPerson())) redirect(signInHref("/jobs"));
  return <JobsPage />;
}
