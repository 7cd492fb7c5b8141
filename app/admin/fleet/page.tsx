import { FleetPage } from "@/components/admin/fleet/fleet-page";

export default function Page() {
  return <FleetPage />;
}
