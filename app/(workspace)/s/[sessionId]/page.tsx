import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { signInHref } from "@/client/sign-in-redirect";
import { Workspace } from "@/components/chat/workspace";
import { currentPerson, sessionSnapshot } from "@/server/runtime/page";

export default async function SessionPage({ params }: { params: Promise<{ sessionId: string }> }) {
  const { sessionId } = await params;
  if (!(await currentPerson())) redirect(signInHref(`/s/${encodeURIComponent(sessionId)}`));
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return <Workspace snapshot={await sessionSnapshot(sessionId)} nonce={nonce} />;
}
