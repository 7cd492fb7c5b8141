"use client";

import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "@/client/trpc";
import type { PersonRow } from "@/lib/contracts/people";
import type { Role } from "@/lib/contracts/roles";
import type { BulkAct } from "../bulk-dialog";
import { ROLE_LABELS } from "./people-columns";

const countOf = (people: readonly PersonRow[]) =>
  people.length === 1 ? (people[0]?.login ?? "") : `${people.length} people`;

const rowsOf = (people: readonly PersonRow[]) => people.map(({ id, login }) => ({ id, name: login }));

/** What administrators can do to people, as questions to confirm. */
export function usePeopleActs() {
  const trpc = useTRPC();
  const { mutateAsync: update } = useMutation(trpc.admin.people.update.mutationOptions());
  const { mutateAsync: disable } = useMutation(trpc.admin.people.disable.mutationOptions());
  const { mutateAsync: enable } = useMutation(trpc.admin.people.enable.mutationOptions());
  const { mutateAsync: signOut } = useMutation(trpc.admin.people.signOut.mutationOptions());
  return useMemo(
    () => ({
      disable: (people: readonly PersonRow[]): BulkAct => ({
        title: `Disable ${countOf(people)}?`,
        text: "They are signed out everywhere, running answers stop, and they cannot sign in again until they are enabled. Their sessions stay.",
        confirm: "Disable",
        danger: true,
        done: `${countOf(people)} disabled`,
        rows: rowsOf(people),
        run: (ids) => disable({ ids }),
      }),
      enable: (people: readonly PersonRow[]): BulkAct => ({
        title: `Enable ${countOf(people)}?`,
        text: "They can sign in again, and find their sessions as they left them.",
        confirm: "Enable",
        done: `${countOf(people)} enabled`,
        rows: rowsOf(people),
        run: (ids) => enable({ ids }),
      }),
      signOut: (people: readonly PersonRow[]): BulkAct => ({
        title: `Sign ${countOf(people)} out everywhere?`,
        text: "Every browser in which they are signed in has to sign in again. Running answers go on.",
        confirm: "Sign out",
        done: `${countOf(people)} signed out`,
        rows: rowsOf(people),
        run: (ids) => signOut({ ids }),
      }),
      setRole: (people: readonly PersonRow[], role: Role): BulkAct => ({
        title: `Make ${countOf(people)} ${role === "user" ? "a user" : role === "admin" ? "an administrator" : "an auditor"}?`,
        text: {
          user: "They keep what is theirs, and no longer see these pages.",
          auditor: "They see everything on these pages, and can change nothing.",
          admin: "They can do everything that you can do here, also to you.",
        }[role],
        confirm: `Make ${ROLE_LABELS[role].toLowerCase()}`,
        done: `${countOf(people)}: ${ROLE_LABELS[role].toLowerCase()}`,
        rows: rowsOf(people),
        run: (ids) => update({ ids, role }),
      }),
      setLimit: (people: readonly PersonRow[], turnsMax: number | null): BulkAct => ({
        title: `Change the limit of ${countOf(people)}?`,
        text:
          turnsMax === null
            ? "They may have as many answers running at once as everybody."
            : `They may have ${turnsMax} ${turnsMax === 1 ? "answer" : "answers"} running at once. More prompts wait.`,
        confirm: "Change limit",
        done: `Limit of ${countOf(people)} changed`,
        rows: rowsOf(people),
        run: (ids) => update({ ids, turnsMax }),
      }),
    }),
    [update, disable, enable, signOut],
  );
}

export type PeopleActs = ReturnType<typeof usePeopleActs>;
