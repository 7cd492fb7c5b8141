"use client";

import { CircleStop, Info, RotateCcw } from "lucide-react";
import { memo } from "react";
import type { TranscriptTurn } from "@/client/events/transcript";
import { cn } from "../ui/cn";
import { CopyButton } from "../ui/copy-button";
import { IconButton } from "../ui/icon-button";
import { Markdown } from "./markdown/markdown";
import { PromptBubble } from "./prompt-bubble";
import { Reasoning } from "./reasoning";
import { TurnFailure } from "./turn-failure";
import { TurnFootnote } from "./turn-footnote";
import { WorkingLine } from "./working-line";

type TurnArticleProps = {
  turn: TranscriptTurn;
  isLast: boolean;
  sessionHref: string;
  modelName: string | null;
  retrying: boolean;
  onRetry(turnId: string): void;
  onPickModel(): void;
};

/** One prompt and its answer. Rendered again only when an event touched this turn. */
export const TurnArticle = memo(function TurnArticle(props: TurnArticleProps) {
  const { turn, isLast, sessionHref, modelName, retrying, onRetry, onPickModel } = props;
  const active = turn.status === "queued" || turn.status === "running";
  const answer = turn.parts.filter((part) => part.kind === "message");
  const waiting = active && (turn.notice !== null || turn.parts.every((part) => part.done));

  return (
    <article
      aria-label={`Prompt: ${turn.prompt.slice(0, 80)}`}
      aria-busy={active || undefined}
      data-turn-id={turn.turnId}
      data-turn-status={turn.status}
      className="group/turn"
    >
      <PromptBubble text={turn.prompt} />
      <div className="mt-6 space-y-4">
        <h2 className="sr-only">Copilot answered</h2>
        {turn.remark && (
          <p className="flex items-start gap-2.5 rounded-xl bg-caution-soft px-3.5 py-2.5 text-sm text-caution">
            <Info aria-hidden className="mt-0.5 size-4 shrink-0" />
            {turn.remark}
          </p>
        )}
        {turn.parts.map((part) =>
          part.kind === "reasoning" ? (
            <Reasoning key={`r${part.id}`} part={part} />
          ) : (
            <Markdown key={`m${part.id}`} text={part.text} streaming={!part.done} />
          ),
        )}
        {waiting && (
          <WorkingLine
            text={turn.notice ?? (turn.status === "queued" ? "Waiting to start…" : "Working…")}
            caution={turn.notice !== null}
          />
        )}
        {turn.status === "aborted" && (
          <p className="flex items-center gap-2 text-sm text-muted-foreground">
            <CircleStop aria-hidden className="size-4" />
            You stopped this answer.
          </p>
        )}
        {turn.status === "failed" && (
          <TurnFailure
            failure={turn.failure}
            sessionHref={sessionHref}
            retrying={retrying}
            onRetry={() => onRetry(turn.turnId)}
            onPickModel={onPickModel}
          />
        )}
        {!active && (
          <div
            className={cn(
              "-ml-2 flex min-h-8 items-center gap-1",
              !isLast &&
                "md:opacity-0 md:transition-opacity md:group-focus-within/turn:opacity-100 md:group-hover/turn:opacity-100",
            )}
          >
            {answer.length > 0 && <CopyButton text={() => answer.map((part) => part.text).join("\n\n")} />}
            {turn.status === "aborted" && isLast && (
              <IconButton label="Retry" disabled={retrying} onClick={() => onRetry(turn.turnId)}>
                <RotateCcw />
              </IconButton>
            )}
            <div className="ml-1 first:ml-2">
              <TurnFootnote turn={turn} modelName={modelName} />
            </div>
          </div>
        )}
      </div>
    </article>
  );
});

/** A failed or stopped attempt that was repeated later: one line, with what had arrived inside. */
export const SupersededTurn = memo(function SupersededTurn({ turn }: { turn: TranscriptTurn }) {
  const answer = turn.parts.filter((part) => part.kind === "message" && part.text !== "");
  if (answer.length === 0) return null;
  return (
    <details data-turn-id={turn.turnId} className="text-sm text-muted-foreground">
      <summary className="hover:text-foreground">
        An earlier attempt {turn.status === "aborted" ? "was stopped" : "failed"} after it had begun to answer
      </summary>
      <div className="mt-3 border-l-2 pl-4">
        {answer.map((part) => (
          <Markdown key={part.id} text={part.text} streaming={false} />
        ))}
      </div>
    </details>
  );
});
