"use client";

import { type RefObject, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import { activeTurnOf } from "@/client/events/transcript";
import { useModels } from "@/client/hooks/use-models";
import { useCreateSession, useSession, useUpdateSession } from "@/client/hooks/use-session-list";
import { showSession } from "@/client/hooks/use-session-route";
import { useSessionWatch, useUnseenPrompts } from "@/client/hooks/use-session-watch";
import { useTurnActions } from "@/client/hooks/use-turn-actions";
import { clearSentDraft, START_DRAFT } from "@/client/prompts/drafts";
import { useBrowserClient } from "@/client/provider";
import { Button } from "../ui/button";
import { toastError } from "../ui/toast";
import { Composer } from "./composer";
import { ModelPicker } from "./model-picker";
import { useLastModel } from "./use-last-model";

type ComposerDockProps = {
  sessionId: string | null;
  promptRef: RefObject<HTMLTextAreaElement | null>;
  pickerOpen: boolean;
  onPickerOpenChange(open: boolean): void;
};

/** The composer wired to what it stands under: a session, or the start page that makes one. */
export function ComposerDock({ sessionId, promptRef, pickerOpen, onPickerOpenChange }: ComposerDockProps) {
  const { outbox } = useBrowserClient();
  const { transcript, connection } = useSessionWatch(sessionId);
  const unseen = useUnseenPrompts(sessionId, transcript);
  const session = useSession(sessionId);
  const update = useUpdateSession();
  const createSession = useCreateSession();
  const [creating, setCreating] = useState(false);
  const [lastModel, setLastModel] = useLastModel();
  const { data: offered } = useModels({ enabled: sessionId === null && lastModel !== null });
  // One that is not offered any more is nothing to begin with.
  const isGone = offered !== undefined && !offered.models.some(({ id }) => id === lastModel);
  const startModel = isGone ? null : lastModel;
  const { abort } = useTurnActions();

  const active = activeTurnOf(transcript);
  const sending = unseen.some((entry) => entry.error === null);
  const missing = sessionId !== null && (connection === "gone" || isMissing(session.error));
  if (missing) return null;

  const send = async (id: string, prompt: string, draftId: string) => {
    if (await outbox.submit({ sessionId: id, prompt, afterSeq: transcript.lastSeq }))
      clearSentDraft(draftId, prompt);
  };
  const start = async (prompt: string) => {
    setCreating(true);
    try {
      const { id } = await createSession(startModel);
      void send(id, prompt, START_DRAFT);
      showSession(id);
    } catch (error) {
      toastError(clientErrorOf(error).message);
    } finally {
      setCreating(false);
    }
  };
  const submit = (prompt: string) => {
    if (sessionId === null) {
      // The text leaves the field when the page turns into the new session's; until then it stays.
      void start(prompt);
      return false;
    }
    void send(sessionId, prompt, sessionId);
    return true;
  };
  const stop = () => {
    if (sessionId === null || abort.isPending) return;
    abort.mutate({ sessionId }, { onError: (error) => toastError(clientErrorOf(error).message) });
  };
  const pick = (model: string) => {
    setLastModel(model);
    if (sessionId !== null) {
      update.mutate({ sessionId, model }, { onError: (error) => toastError(clientErrorOf(error).message) });
    }
    promptRef.current?.focus();
  };

  return (
    <div className="mx-auto w-full max-w-3xl px-3 pb-3 sm:px-6 sm:pb-5">
      {session.data?.archived && (
        <div className="mb-2 flex items-center justify-between gap-3 rounded-xl bg-muted px-4 py-2 text-sm">
          This session is archived.
          <Button size="sm" onClick={() => update.mutate({ sessionId: session.data.id, archived: false })}>
            Bring back
          </Button>
        </div>
      )}
      <Composer
        draftId={sessionId ?? START_DRAFT}
        promptRef={promptRef}
        placeholder={sessionId === null ? "Ask Copilot anything" : "Reply to Copilot"}
        answering={active !== null || (sending && sessionId !== null)}
        stopping={abort.isPending}
        busy={creating}
        onSubmit={submit}
        onStop={stop}
      >
        <ModelPicker
          value={sessionId === null ? startModel : (session.data?.model ?? null)}
          open={pickerOpen}
          onOpenChange={onPickerOpenChange}
          onPick={pick}
        />
      </Composer>
    </div>
  );
}

function isMissing(error: unknown): boolean {
  return error !== null && clientErrorOf(error).code === "session_not_found";
}
