import { CleanUpPage } from "@/components/admin/clean-up/clean-up-page";

export default function Page() {
  return <CleanUpPage />;
}
