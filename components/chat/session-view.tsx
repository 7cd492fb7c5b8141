"use client";

import { type RefObject, useCallback, useEffect, useRef } from "react";
import { clientErrorOf } from "@/client/errors";
import { activeTurnOf } from "@/client/events/transcript";
import { useSession } from "@/client/hooks/use-session-list";
import { useSessionWatch, useUnseenPrompts } from "@/client/hooks/use-session-watch";
import { useTurnActions } from "@/client/hooks/use-turn-actions";
import { clearSentDraft, returnDraft } from "@/client/prompts/drafts";
import type { OutboxEntry } from "@/client/prompts/prompt-outbox";
import { useBrowserClient } from "@/client/provider";
import { redirectToSignIn } from "@/client/sign-in-redirect";
import { SessionHeader } from "../sessions/session-header";
import { toastError } from "../ui/toast";
import { JumpToLatest } from "./jump-to-latest";
import { preloadMarkdown } from "./markdown/markdown";
import { EmptySession, LoadFailed, NoSuchSession, TranscriptSkeleton } from "./session-states";
import { StartAtEnd } from "./start-at-end";
import { StatusAnnouncer } from "./status-announcer";
import { Transcript } from "./transcript";
import { useFollowScroll } from "./use-follow-scroll";
import { useSessionSync } from "./use-session-sync";

type SessionViewProps = {
  sessionId: string;
  promptRef: RefObject<HTMLTextAreaElement | null>;
  nonce: string | undefined;
  onPickModel(): void;
};

export function SessionView({ sessionId, promptRef, nonce, onPickModel }: SessionViewProps) {
  const { outbox } = useBrowserClient();
  const { transcript, connection } = useSessionWatch(sessionId);
  const unseen = useUnseenPrompts(sessionId, transcript);
  const session = useSession(sessionId);
  const { retry } = useTurnActions();
  const { scroller, content, atEnd, jumpToEnd } = useFollowScroll(sessionId);
  useEffect(preloadMarkdown, []);
  useSessionSync(sessionId, session.data, transcript);

  useEffect(() => {
    if (connection === "signed_out") redirectToSignIn();
  }, [connection]);

  const unseenBefore = useRef(0);
  useEffect(() => {
    if (unseen.length > unseenBefore.current) jumpToEnd();
    unseenBefore.current = unseen.length;
  }, [unseen.length, jumpToEnd]);

  const { mutate: mutateRetry } = retry;
  const onRetry = useCallback(
    (turnId: string) =>
      mutateRetry(
        { turnId },
        { onError: (error) => toastError(clientErrorOf(error).message), onSuccess: jumpToEnd },
      ),
    [mutateRetry, jumpToEnd],
  );
  const onResend = async (key: string) => {
    const entry = unseen.find((each) => each.key === key);
    if ((await outbox.resend(key)) && entry) clearSentDraft(sessionId, entry.prompt);
  };
  const onEdit = (entry: OutboxEntry) => {
    outbox.discard(entry.key);
    returnDraft(sessionId, entry.prompt);
    promptRef.current?.focus();
  };

  if (connection === "gone" || (session.error && clientErrorOf(session.error).code === "session_not_found")) {
    return <NoSuchSession />;
  }
  const empty = transcript.turns.length === 0 && unseen.length === 0;
  const loading = empty && transcript.lastSeq < (session.data?.lastSeq ?? 1);
  const reconnecting = connection === "reconnecting";

  return (
    <>
      <SessionHeader session={session.data} reconnecting={reconnecting} />
      <section
        ref={scroller}
        role="log"
        aria-label="Conversation"
        aria-live="off"
        data-seq={transcript.lastSeq}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain outline-offset-[-2px]"
      >
        <div ref={content} className="mx-auto w-full max-w-3xl px-4 pt-4 pb-10 sm:px-7">
          {session.error && loading && (
            <LoadFailed error={session.error} onRetry={() => void session.refetch()} />
          )}
          {!session.error && loading && <TranscriptSkeleton />}
          {empty && !loading && <EmptySession />}
          {!empty && (
            <Transcript
              sessionId={sessionId}
              transcript={transcript}
              unseen={unseen}
              retrying={retry.isPending}
              onRetry={onRetry}
              onPickModel={onPickModel}
              onResend={(key) => void onResend(key)}
              onEdit={onEdit}
            />
          )}
        </div>
      </section>
      <StartAtEnd nonce={nonce} />
      <div className="relative before:pointer-events-none before:absolute before:inset-x-3 before:-top-8 before:h-8 before:bg-linear-to-t before:from-background">
        {!atEnd && <JumpToLatest onJump={jumpToEnd} />}
      </div>
      <StatusAnnouncer
        turn={transcript.turns.at(-1) ?? null}
        caughtUp={session.data !== undefined && transcript.lastSeq >= session.data.lastSeq}
        waiting={unseen.some(({ error }) => error === null)}
        extra={reconnecting && activeTurnOf(transcript) ? "Connection lost. Reconnecting." : ""}
      />
    </>
  );
}
