import { SessionsPage } from "@/components/admin/sessions/sessions-page";

export default function Page() {
  return <SessionsPage />;
}
