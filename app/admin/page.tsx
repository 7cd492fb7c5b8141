import { OverviewPage } from "@/components/admin/overview/overview-page";

export default function Page() {
  return <OverviewPage />;
}
