"use client";

import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "@/client/trpc";
import type { AdminSessionRow } from "@/lib/contracts/admin-sessions";
import type { BulkAct } from "../bulk-dialog";

type Rows = readonly AdminSessionRow[];

const countOf = (sessions: Rows) => (sessions.length === 1 ? "this session" : `${sessions.length} sessions`);
const doneOf = (sessions: Rows) => (sessions.length === 1 ? "Session" : `${sessions.length} sessions`);
const rowsOf = (sessions: Rows) =>
  sessions.map(({ id, title, owner }) => ({ id, name: `${owner.login} · ${title}` }));

/** What administrators can do to sessions, as questions to confirm. */
export function useSessionActs() {
  const trpc = useTRPC();
  const { mutateAsync: stop } = useMutation(trpc.admin.sessions.stop.mutationOptions());
  const { mutateAsync: detach } = useMutation(trpc.admin.sessions.detach.mutationOptions());
  const { mutateAsync: move } = useMutation(trpc.admin.sessions.move.mutationOptions());
  const { mutateAsync: archive } = useMutation(trpc.admin.sessions.archive.mutationOptions());
  const { mutateAsync: remove } = useMutation(trpc.admin.sessions.delete.mutationOptions());
  return useMemo(
    () => ({
      stop: (sessions: Rows): BulkAct => ({
        title: `Stop the answer in ${countOf(sessions)}?`,
        text: "What was said so far stays. The owner can retry it.",
        confirm: "Stop",
        done: `${doneOf(sessions)} stopped`,
        rows: rowsOf(sessions),
        run: (ids) => stop({ ids }),
      }),
      detach: (sessions: Rows): BulkAct => ({
        title: `Detach ${countOf(sessions)}?`,
        text: "They leave the memory of their CLI server. The conversation stays on its disk, and the next prompt brings it back.",
        confirm: "Detach",
        done: `${doneOf(sessions)} detached`,
        rows: rowsOf(sessions),
        run: (ids) => detach({ ids }),
      }),
      move: (sessions: Rows, server: string): BulkAct => ({
        title: `Move ${countOf(sessions)} to ${server}?`,
        text: "They go there with their next prompt. An answer that is under way is finished where it is.",
        confirm: "Move",
        done: `${doneOf(sessions)} will go to ${server}`,
        rows: rowsOf(sessions),
        run: (ids) => move({ ids, server }),
      }),
      archive: (sessions: Rows): BulkAct => ({
        title: `Archive ${countOf(sessions)}?`,
        text: "They leave their owners' lists. Their owners find them under Archived, and can bring them back.",
        confirm: "Archive",
        done: `${doneOf(sessions)} archived`,
        rows: rowsOf(sessions),
        run: (ids) => archive({ ids }),
      }),
      remove: (sessions: Rows): BulkAct => ({
        title: `Delete ${countOf(sessions)}?`,
        text: "The conversation, its log and its files are deleted for good. Nobody can bring them back.",
        confirm: "Delete",
        danger: true,
        done: `${doneOf(sessions)} deleted`,
        rows: rowsOf(sessions),
        run: (ids) => remove({ ids }),
      }),
    }),
    [stop, detach, move, archive, remove],
  );
}

export type SessionActs = ReturnType<typeof useSessionActs>;
