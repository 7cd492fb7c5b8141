import { AdminJobsPage } from "@/components/admin/jobs/jobs-page";

export default function Page() {
  return <AdminJobsPage />;
}
