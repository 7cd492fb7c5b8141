"use client";

import { Fragment, useMemo } from "react";
import type { Transcript as TranscriptModel, TranscriptTurn } from "@/client/events/transcript";
import { useModels } from "@/client/hooks/use-models";
import { sessionHref } from "@/client/hooks/use-session-route";
import type { OutboxEntry } from "@/client/prompts/prompt-outbox";
import { shownModel } from "@/lib/provider-model";
import { ReadLine } from "./read-line";
import { SupersededTurn, TurnArticle } from "./turn-article";
import { UnsentPrompt } from "./unsent-prompt";

type TranscriptProps = {
  sessionId: string;
  transcript: TranscriptModel;
  unseen: OutboxEntry[];
  retrying: boolean;
  onRetry(turnId: string): void;
  onPickModel(): void;
  onResend(key: string): void;
  onEdit(entry: OutboxEntry): void;
};

export function Transcript(props: TranscriptProps) {
  const { sessionId, transcript, unseen, retrying, onRetry, onPickModel, onResend, onEdit } = props;
  const { data } = useModels();
  const names = useMemo(() => new Map(data?.models.map((model) => [model.id, model.name])), [data]);
  const last = transcript.turns.at(-1);

  const articleOf = (turn: TranscriptTurn) => {
    if (turn.supersededBy !== null) return <SupersededTurn turn={turn} />;
    const model = turn.usage?.model ?? turn.model;
    return (
      <TurnArticle
        turn={turn}
        isLast={turn === last}
        sessionHref={sessionHref(sessionId)}
        modelName={model && (names.get(model) ?? shownModel(model))}
        retrying={retrying}
        onRetry={onRetry}
        onPickModel={onPickModel}
      />
    );
  };
  const readsAfter = (turnId: string | null) =>
    transcript.reads
      .filter(({ afterTurnId }) => afterTurnId === turnId)
      .map((read) => <ReadLine key={read.seq} read={read} />);

  return (
    <div className="space-y-10">
      {readsAfter(null)}
      {transcript.turns.map((turn) => (
        <Fragment key={turn.turnId}>
          {articleOf(turn)}
          {readsAfter(turn.turnId)}
        </Fragment>
      ))}
      {unseen.map((entry) => (
        <UnsentPrompt
          key={entry.key}
          entry={entry}
          onResend={() => onResend(entry.key)}
          onEdit={() => onEdit(entry)}
        />
      ))}
    </div>
  );
}
