"use client";

import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "@/client/trpc";
import type { ServerRow } from "@/lib/contracts/fleet";
import type { BulkAct } from "../bulk-dialog";
import { leavesNone } from "./server-rules";

const nameOf = (servers: readonly ServerRow[]) =>
  servers.length === 1 ? (servers[0]?.id ?? "") : `${servers.length} servers`;

const rowsOf = (servers: readonly ServerRow[]) => servers.map(({ id }) => ({ id, name: id }));

const running = (servers: readonly ServerRow[], onwards: string): string => {
  const turns = servers.reduce((sum, { activeTurns }) => sum + activeTurns, 0);
  if (turns === 0) return "Nothing is running there now.";
  return turns === 1
    ? `The answer that runs there ${onwards}.`
    : `The ${turns} answers that run there ${onwards}.`;
};

/** What administrators can do to servers of `fleet`, as questions to confirm. */
export function useFleetActs(fleet: readonly ServerRow[]) {
  const trpc = useTRPC();
  const { mutateAsync: drain } = useMutation(trpc.admin.fleet.drain.mutationOptions());
  const { mutateAsync: resume } = useMutation(trpc.admin.fleet.resume.mutationOptions());
  const { mutateAsync: restart } = useMutation(trpc.admin.fleet.restart.mutationOptions());
  const { mutateAsync: remove } = useMutation(trpc.admin.fleet.remove.mutationOptions());
  return useMemo(() => {
    const warned = (chosen: readonly ServerRow[], until: string) =>
      leavesNone(fleet, chosen) && {
        warning: `No other server can take new answers. Every new prompt fails after a few seconds ${until}.`,
      };
    return {
      drain: (servers: readonly ServerRow[]): BulkAct => ({
        title: `Drain ${nameOf(servers)}?`,
        text: `${running(servers, "may finish")} New answers go to other servers, and so do the sessions from there with their next prompt. That stays so, also after a restart of Flightdeck, until you resume.`,
        ...warned(servers, "until you resume, or add a server"),
        confirm: "Drain",
        done: `${nameOf(servers)} drained`,
        rows: rowsOf(servers),
        run: (ids) => drain({ ids }),
      }),
      resume: (servers: readonly ServerRow[]): BulkAct => ({
        title: `Resume ${nameOf(servers)}?`,
        text: "New answers may go there again. Sessions that have left stay where they are.",
        confirm: "Resume",
        done: `${nameOf(servers)} resumed`,
        rows: rowsOf(servers),
        run: (ids) => resume({ ids }),
      }),
      restart: (servers: readonly ServerRow[]): BulkAct => ({
        title: `Restart ${nameOf(servers)}?`,
        text: `${running(servers, "may finish for 30 seconds, and then go on elsewhere")} Then the process is started anew, with what is on its disk.`,
        ...warned(servers, "until it is back"),
        confirm: "Restart",
        done: `${nameOf(servers)}: restarting`,
        rows: rowsOf(servers),
        run: (ids) => restart({ ids }),
      }),
      remove: (servers: readonly ServerRow[]): BulkAct => ({
        title: `Remove ${nameOf(servers)}?`,
        text: `${running(servers, "may finish")} Then Flightdeck leaves, and forgets the connection token. Sessions from there go on elsewhere with their next prompt. The server itself keeps running.`,
        ...warned(servers, "until you add one"),
        confirm: "Remove",
        danger: true,
        done: `${nameOf(servers)} removed`,
        rows: rowsOf(servers),
        run: (ids) => remove({ ids }),
      }),
    };
  }, [fleet, drain, resume, restart, remove]);
}

export type FleetActs = ReturnType<typeof useFleetActs>;
