"use client";

import type { ServerRow } from "@/lib/contracts/fleet";
import { Button } from "../../ui/button";
import { Fact, Facts, PanelSection } from "../../ui/facts";
import { RelativeTime } from "../../ui/relative-time";
import { SidePanel } from "../../ui/side-panel";
import { bytesText } from "../../ui/units";
import type { BulkAct } from "../bulk-dialog";
import { useMayChange } from "../use-may-change";
import { ServerBadges, ServerLamp, SOURCE_LABELS } from "./fleet-columns";
import type { FleetActs } from "./use-fleet-acts";

type ServerPanelProps = { server: ServerRow; acts: FleetActs; onAsk(act: BulkAct): void; onClose(): void };

const LINK = "text-accent underline-offset-2 hover:underline";
const UNKNOWN = "unknown";

/** What there is to know about one server, and to do. */
export function ServerPanel({ server, acts, onAsk, onClose }: ServerPanelProps) {
  const mayChange = useMayChange();
  return (
    <SidePanel open onOpenChange={onClose} title={server.id} description={SOURCE_LABELS[server.source]}>
      <PanelSection title="State">
        <div className="mb-2 flex flex-wrap items-center gap-2 text-[0.8125rem]">
          <ServerLamp server={server} />
          <ServerBadges server={server} />
        </div>
        <p className="text-[0.8125rem] text-muted-foreground">{explain(server)}</p>
        {server.lastError && (
          <div className="mt-3">
            <p className="mb-1 text-xs text-muted-foreground">Last error</p>
            <p className="max-h-48 overflow-y-auto rounded-lg border bg-muted/50 p-3 font-mono text-xs leading-5 break-words whitespace-pre-wrap">
              {server.lastError}
            </p>
          </div>
        )}
      </PanelSection>
      <PanelSection title="Load">
        <Facts>
          <Fact label="Answering">
            {server.activeTurns} of {server.turnsMax} at once
          </Fact>
          <Fact label="Attached">{server.attachedSessions.toLocaleString("en")} in memory, from here</Fact>
          <Fact label="Sessions">
            {server.sessions > 0 ? (
              <a className={LINK} href={`/admin/sessions?server=${encodeURIComponent(server.id)}`}>
                {server.sessions.toLocaleString("en")} on its disk
              </a>
            ) : (
              "none"
            )}
          </Fact>
        </Facts>
      </PanelSection>
      <PanelSection title="Health">
        <Facts>
          <Fact label="Address">{server.address}</Fact>
          <Fact label="Version">{server.version ?? UNKNOWN}</Fact>
          <Fact label="Latency">
            {server.latencyMs === null ? UNKNOWN : `${server.latencyMs.toFixed(1)} ms`}
          </Fact>
          <Fact label="Connected since">
            {server.upSince ? <RelativeTime at={server.upSince} /> : "not connected"}
          </Fact>
          <Fact label="Connection lost">
            {server.lostTimes === 1 ? "once" : server.lostTimes === 0 ? "never" : `${server.lostTimes} times`}
          </Fact>
          {server.source === "supervised" && (
            <>
              <Fact label="Memory">
                {server.memoryBytes === null ? UNKNOWN : bytesText(server.memoryBytes)}
              </Fact>
              <Fact label="Child processes">{server.children ?? UNKNOWN}</Fact>
              <Fact label="Process">{server.pid ?? "none"}</Fact>
            </>
          )}
          <Fact label="Audit log">
            <a className={LINK} href={`/admin/audit?target=${encodeURIComponent(server.id)}`}>
              What was done to it
            </a>
          </Fact>
        </Facts>
        {server.source !== "supervised" && (
          <p className="mt-3 text-xs text-muted-foreground">
            Memory and child processes are known only of servers that Flightdeck starts itself.
          </p>
        )}
      </PanelSection>
      {mayChange && (
        <PanelSection title="Change">
          <ServerButtons server={server} acts={acts} onAsk={onAsk} />
        </PanelSection>
      )}
    </SidePanel>
  );
}

function ServerButtons({ server, acts, onAsk }: Omit<ServerPanelProps, "onClose">) {
  const isSupervised = server.source === "supervised";
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {server.draining ? (
          <Button size="sm" onClick={() => onAsk(acts.resume([server]))}>
            Resume
          </Button>
        ) : (
          <Button size="sm" onClick={() => onAsk(acts.drain([server]))}>
            Drain
          </Button>
        )}
        {isSupervised ? (
          <Button size="sm" disabled={server.restarting} onClick={() => onAsk(acts.restart([server]))}>
            Restart
          </Button>
        ) : (
          <Button size="sm" className="text-danger!" onClick={() => onAsk(acts.remove([server]))}>
            Remove
          </Button>
        )}
      </div>
      <p className="mt-2 text-xs text-muted-foreground">
        {isSupervised
          ? "Flightdeck starts this server, so it cannot be removed here."
          : "Flightdeck did not start this server: restart it where it runs, and drain it here before."}
      </p>
    </>
  );
}

function explain(server: ServerRow) {
  if (server.restarting) return "It finishes what it has, for 30 seconds at most, and is started anew then.";
  switch (server.state) {
    case "starting":
      return "It has not answered yet. Flightdeck keeps trying.";
    case "down":
      return "It was there, and does not answer. Flightdeck keeps trying; its sessions go on elsewhere meanwhile.";
    case "quarantined":
      return (
        <>
          It answers, but was lost again and again. It gets new answers only where no other server is ready
          {server.quarantinedUntil && (
            <>
              , until it has held: <RelativeTime at={server.quarantinedUntil} />
            </>
          )}
          .
        </>
      );
    case "ready":
      if (server.draining) return "It finishes what it has, and gets no new answers until it is resumed.";
      return server.isSpare
        ? "It answers. As a spare it gets new answers only where no other server is ready."
        : "It answers, and gets new answers.";
  }
}
