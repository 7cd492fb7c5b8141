"use client";

import { useState } from "react";
import { clientErrorOf } from "@/client/errors";
import type { AdminSessionDetails, AdminSessionRow } from "@/lib/contracts/admin-sessions";
import { shownModel } from "@/lib/provider-model";
import { Button } from "../../ui/button";
import { Fact, Facts, PanelSection } from "../../ui/facts";
import { FailedState } from "../../ui/failed-state";
import { RelativeTime } from "../../ui/relative-time";
import { SidePanel } from "../../ui/side-panel";
import { Skeleton } from "../../ui/skeleton";
import { bytesText, durationText } from "../../ui/units";
import type { BulkAct } from "../bulk-dialog";
import { useMayChange } from "../use-may-change";
import { MoveMenu } from "./move-menu";
import { SessionState } from "./session-columns";
import { SessionTables } from "./session-tables";
import { TranscriptReader } from "./transcript-reader";
import type { SessionActs } from "./use-session-acts";
import { useSessionDetails } from "./use-sessions";

type SessionPanelProps = {
  session: AdminSessionRow;
  acts: SessionActs;
  onAsk(act: BulkAct): void;
  onClose(): void;
};

/** What there is to know about one session, and to do. */
export function SessionPanel({ session, acts, onAsk, onClose }: SessionPanelProps) {
  const { data, error, refetch } = useSessionDetails(session.id);
  const mayChange = useMayChange();
  const [reading, setReading] = useState(false);
  const shown = data?.session ?? session;
  const isActive = shown.state === "running" || shown.state === "queued";

  return (
    <SidePanel
      open
      onOpenChange={onClose}
      title={shown.title}
      description={`${shown.owner.login} · ${shown.id}`}
    >
      {mayChange && (
        <div className="mb-5 flex flex-wrap gap-2">
          <Button size="sm" disabled={!isActive} onClick={() => onAsk(acts.stop([shown]))}>
            Stop
          </Button>
          <Button size="sm" disabled={isActive} onClick={() => onAsk(acts.detach([shown]))}>
            Detach
          </Button>
          <MoveMenu onPick={(server) => onAsk(acts.move([shown], server))} />
          <Button
            size="sm"
            disabled={shown.state === "archived"}
            onClick={() => onAsk(acts.archive([shown]))}
          >
            Archive
          </Button>
          <Button size="sm" className="text-danger!" onClick={() => onAsk(acts.remove([shown]))}>
            Delete
          </Button>
        </div>
      )}
      {error && !data ? (
        <FailedState message={clientErrorOf(error).message} onRetry={() => void refetch()} />
      ) : data ? (
        <>
          <About details={data} />
          <SessionTables details={data} />
          <PanelSection title="Conversation">
            {data.transcripts === "closed" ? (
              <p className="text-[0.8125rem] text-muted-foreground">
                Conversations are closed to administrators. The operator can open them, for a written reason
                each time, with ADMIN_TRANSCRIPTS=with-reason.
              </p>
            ) : mayChange ? (
              <Button size="sm" onClick={() => setReading(true)}>
                Read with a reason
              </Button>
            ) : (
              <p className="text-[0.8125rem] text-muted-foreground">
                Only administrators can ask to read it.
              </p>
            )}
          </PanelSection>
          {reading && <TranscriptReader sessionId={session.id} onClose={() => setReading(false)} />}
        </>
      ) : (
        <div className="space-y-3">
          {["w-3/5", "w-4/5", "w-2/5", "w-3/4"].map((width) => (
            <Skeleton key={width} className={`h-4 ${width}`} />
          ))}
        </div>
      )}
    </SidePanel>
  );
}

function About({
  details: { session, lease, cliSession, memoryFromSeq, bytes, hold, turns },
}: {
  details: AdminSessionDetails;
}) {
  const [newest] = turns;
  return (
    <PanelSection title="About">
      <Facts>
        <Fact label="State">
          <SessionState state={session.state} />
        </Fact>
        <Fact label="Created">
          <RelativeTime at={session.createdAt} />
        </Fact>
        <Fact label="Last activity">
          <RelativeTime at={session.lastActivityAt} />
        </Fact>
        {newest?.startedAt && newest.endedAt && (
          <Fact label="Last answer took">
            {durationText(newest.endedAt.getTime() - newest.startedAt.getTime())}
          </Fact>
        )}
        <Fact label="Model">{session.model === null ? "the default" : shownModel(session.model)}</Fact>
        <Fact label="CLI server">
          {session.server ?? "none yet"}
          {session.moveTo !== null && `, goes to ${session.moveTo}`}
        </Fact>
        <Fact label="Its id there">
          <span className="font-mono text-xs">{cliSession}</span>
        </Fact>
        {memoryFromSeq !== null && <Fact label="Memory begins">after event {memoryFromSeq}</Fact>}
        <Fact label="Driven by">
          {lease.owner ? <span className="font-mono text-xs">{lease.owner}</span> : "nobody"}
        </Fact>
        {lease.standby && (
          <Fact label="Standing by">
            <span className="font-mono text-xs">{lease.standby}</span>
          </Fact>
        )}
        <Fact label="Fence">{lease.fence}</Fact>
        <Fact label="Log">
          {session.lastSeq.toLocaleString("en")} events, {bytesText(bytes)}
        </Fact>
        {hold && (
          <Fact label="On hold">
            {hold.reason} ({hold.by}, <RelativeTime at={hold.at} />)
          </Fact>
        )}
      </Facts>
    </PanelSection>
  );
}
