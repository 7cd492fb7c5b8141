import type { TranscriptTurn } from "@/client/events/transcript";

/** Model, tokens and time of a finished answer, in one quiet line. */
export function TurnFootnote({ turn, modelName }: { turn: TranscriptTurn; modelName: string | null }) {
  const seconds =
    turn.endedAt && turn.startedAt ? (turn.endedAt.getTime() - turn.startedAt.getTime()) / 1_000 : null;
  const pieces = [
    modelName,
    turn.identity === "service" && "service identity",
    turn.usage && `${formatCount(turn.usage.inputTokens)} in, ${formatCount(turn.usage.outputTokens)} out`,
    seconds !== null && formatSeconds(seconds),
  ].filter(Boolean);
  if (pieces.length === 0) return null;
  const title = turn.usage
    ? `${turn.usage.inputTokens.toLocaleString("en")} input tokens, ${turn.usage.outputTokens.toLocaleString("en")} output tokens, ${turn.usage.calls} model call${turn.usage.calls === 1 ? "" : "s"}`
    : undefined;
  return (
    <p className="text-xs text-muted-foreground tabular-nums" title={title}>
      {pieces.join(" · ")}
    </p>
  );
}

function formatCount(tokens: number): string {
  return tokens < 1_000 ? String(tokens) : `${(tokens / 1_000).toFixed(tokens < 10_000 ? 1 : 0)}k`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
