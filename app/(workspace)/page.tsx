import { redirect } from "next/navigation";
import { signInHref } from "@/client/sign-in-redirect";
import { Workspace } from "@/components/chat/workspace";
import { currentPerson } from "@/server/runtime/page";

export default async function StartPage() {
  if (!(await currentPerson())) redirect(signInHref("/"));
  return <Workspace />;
}
