import { TokensPage } from "@/components/settings/tokens/tokens-page";

export default function Page() {
  return <TokensPage />;
}
