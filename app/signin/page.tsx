import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { safeCallback } from "@/client/sign-in-redirect";
import { SignInPage } from "@/components/shell/sign-in-page";
import { currentPerson, isDemo } from "@/server/runtime/page";

export const metadata: Metadata = { title: "Sign in · Flightdeck" };

type SearchParams = Promise<Record<string, string | string[] | undefined>>;

export default async function Page({ searchParams }: { searchParams: SearchParams }) {
  const query = await searchParams;
  const first = (name: string) => [query[name]].flat()[0] ?? null;
  const callbackUrl = safeCallback(first("callbackUrl"));
  const error = first("error");
  // With a reason to be here, people stay: their GitHub access may need renewing while their login still works.
  if (!error && (await currentPerson())) redirect(callbackUrl);
  return (
    <SignInPage
      demo={isDemo()}
      callbackUrl={callbackUrl}
      error={error}
      signedOut={first("signedOut") !== null}
      login={first("login")}
    />
  );
}
