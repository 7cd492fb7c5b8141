"use client";

import { type FormEvent, useRef, useState, useSyncExternalStore } from "react";
import { fetchCsrfToken } from "@/client/sign-out";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { DemoBanner } from "./demo-banner";
import { GithubMark } from "./github-mark";
import { type SignInNotice, signInNotice } from "./sign-in-errors";
import { HorizonMark } from "./wordmark";

type SignInPageProps = {
  demo: boolean;
  callbackUrl: string;
  error: string | null;
  signedOut: boolean;
  /** Account to suggest to GitHub. */
  login: string | null;
};

const SIGNED_OUT: SignInNotice = { tone: "info", title: "You are signed out", text: "See you soon." };

export function SignInPage({ demo, callbackUrl, error, signedOut, login }: SignInPageProps) {
  const notice = signInNotice(error) ?? (signedOut ? SIGNED_OUT : null);
  return (
    <div className="flex min-h-dvh flex-col">
      {demo && <DemoBanner />}
      <main className="grid flex-1 place-items-center px-5 py-10">
        <div className="w-full max-w-[22rem]">
          <HorizonMark className="size-12" />
          <h1 className="mt-6 text-[1.7rem] leading-tight font-semibold tracking-[-0.022em]">
            Sign in to Flightdeck
          </h1>
          <p className="mt-2 text-muted-foreground">GitHub Copilot for your team, on your own servers.</p>
          {notice && <Notice notice={notice} />}
          <SignInForm callbackUrl={callbackUrl} login={login} />
          <p className="mt-5 text-xs leading-relaxed text-muted-foreground">
            Every session runs with your own GitHub access. Nobody else can read your sessions.
          </p>
        </div>
      </main>
    </div>
  );
}

function Notice({ notice: { tone, title, text } }: { notice: SignInNotice }) {
  return (
    <div
      role={tone === "info" ? "status" : "alert"}
      className={cn(
        "mt-6 rounded-xl border px-4 py-3 text-sm",
        tone === "danger" && "border-danger/25 bg-danger-soft",
        tone === "caution" && "border-caution/25 bg-caution-soft",
        tone === "info" && "bg-muted",
      )}
    >
      <p className="font-medium">{title}</p>
      <p className="mt-0.5 text-muted-foreground">{text}</p>
    </div>
  );
}

const neverChanges = () => () => {};

/** Can be sent once its script runs: sent by the browser alone, it would lack the token that `onSubmit` fetches. */
function SignInForm({ callbackUrl, login }: { callbackUrl: string; login: string | null }) {
  const token = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<"idle" | "busy" | "failed">("idle");
  const isAlive = useSyncExternalStore(
    neverChanges,
    () => true,
    () => false,
  );

  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    setState("busy");
    try {
      const csrfToken = await fetchCsrfToken();
      if (token.current) token.current.value = csrfToken;
      form.submit();
    } catch {
      setState("failed");
    }
  };

  return (
    <form
      method="post"
      action={`/api/auth/signin/github${login ? `?${new URLSearchParams({ login })}` : ""}`}
      onSubmit={(event) => void onSubmit(event)}
      className="mt-6"
    >
      <input ref={token} type="hidden" name="csrfToken" />
      <input type="hidden" name="callbackUrl" value={callbackUrl} />
      <Button
        type="submit"
        variant="primary"
        size="lg"
        className="w-full"
        disabled={!isAlive || state === "busy"}
      >
        <GithubMark className="size-5" />
        Sign in with GitHub
      </Button>
      <p role="alert" className="mt-3 text-sm text-danger empty:hidden">
        {state === "failed" && "Flightdeck does not answer. Check your connection and try again."}
      </p>
    </form>
  );
}
