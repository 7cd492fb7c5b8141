"use client";

import { useMemo } from "react";
import { clientErrorOf } from "@/client/errors";
import { useDeleteSession, useUpdateSession } from "@/client/hooks/use-session-list";
import { showSession } from "@/client/hooks/use-session-route";
import type { SessionSummary } from "@/lib/contracts/sessions";
import { toast, toastError } from "../ui/toast";

export type SessionActions = {
  rename(session: SessionSummary, title: string): void;
  setArchived(session: SessionSummary, archived: boolean): void;
  remove(session: SessionSummary): Promise<boolean>;
};

const showError = (error: unknown) => toastError(clientErrorOf(error).message);

function isOpen(session: SessionSummary): boolean {
  return window.location.pathname === `/s/${session.id}`;
}

/** What can be done to a session from the list and from its header. Failures are shown as a message. */
export function useSessionActions(): SessionActions {
  const { mutate } = useUpdateSession();
  const { mutateAsync: deleteSession } = useDeleteSession();

  return useMemo(
    () => ({
      rename(session, title) {
        const next = title.trim();
        if (next === "" || next === session.title) return;
        mutate({ sessionId: session.id, title: next }, { onError: showError });
      },
      setArchived(session, archived) {
        const sessionId = session.id;
        mutate(
          { sessionId, archived },
          {
            onError: showError,
            onSuccess() {
              if (!archived) return void toast("Session is back in the list");
              if (isOpen(session)) showSession(null);
              toast("Session archived", {
                action: {
                  label: "Undo",
                  onClick: () => mutate({ sessionId, archived: false }, { onError: showError }),
                },
              });
            },
          },
        );
      },
      async remove(session) {
        try {
          await deleteSession({ sessionId: session.id });
        } catch (error) {
          showError(error);
          return false;
        }
        if (isOpen(session)) showSession(null);
        toast("Session deleted");
        return true;
      },
    }),
    [mutate, deleteSession],
  );
}
