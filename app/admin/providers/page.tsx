import { ProvidersPage } from "@/components/settings/providers/providers-page";

export default function Page() {
  return <ProvidersPage whose="shared" />;
}
