import { LogIn, RotateCcw, TriangleAlert } from "lucide-react";
import type { TranscriptTurn } from "@/client/events/transcript";
import { signInHref } from "@/client/sign-in-redirect";
import { Button } from "../ui/button";
import { failureText } from "./turn-failure-text";

type TurnFailureProps = {
  failure: TranscriptTurn["failure"];
  sessionHref: string;
  retrying: boolean;
  onRetry(): void;
  onPickModel(): void;
};

/** Why a turn failed and what to do next. */
export function TurnFailure({ failure, sessionHref, retrying, onRetry, onPickModel }: TurnFailureProps) {
  const { message, next } = failureText(failure);
  return (
    <div className="flex gap-3 rounded-xl border border-danger/25 bg-danger-soft p-3.5 text-sm">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />
      <div className="min-w-0">
        <p>{message}</p>
        <div className="mt-3 flex flex-wrap gap-2">
          {next === "signIn" && (
            <Button asChild variant="primary" size="sm">
              <a href={signInHref(sessionHref, "github_sign_in_required")}>
                <LogIn className="size-3.5" />
                Sign in again
              </a>
            </Button>
          )}
          {next === "pickModel" && (
            <Button variant="primary" size="sm" onClick={onPickModel}>
              Pick model
            </Button>
          )}
          <Button size="sm" disabled={retrying} onClick={onRetry}>
            <RotateCcw className="size-3.5" />
            Retry
          </Button>
        </div>
      </div>
    </div>
  );
}
