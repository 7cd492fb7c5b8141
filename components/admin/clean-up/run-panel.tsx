import type { RetentionRun } from "@/lib/contracts/retention";
import { Fact, Facts, PanelSection } from "../../ui/facts";
import { SidePanel } from "../../ui/side-panel";
import { durationText } from "../../ui/units";
import { RunLamp, runTime, startedBy } from "./runs-section";

const EXACT = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "medium" });

/** Everything that is known about one run. */
export function RunPanel({ run, onClose }: { run: RetentionRun; onClose(): void }) {
  return (
    <SidePanel open onOpenChange={onClose} title="Clean-up run" description={EXACT.format(run.startedAt)}>
      <PanelSection title="Run">
        <Facts>
          <Fact label="State">
            <RunLamp run={run} />
          </Fact>
          <Fact label="Started by">{startedBy(run)}</Fact>
          <Fact label="Ended">{run.endedAt ? EXACT.format(run.endedAt) : "not yet"}</Fact>
          <Fact label="Took">{runTime(run)}</Fact>
        </Facts>
        {run.error && (
          <p className="mt-3 rounded-lg bg-danger-soft px-3 py-2 text-[0.8125rem] break-words text-danger">
            {run.error}
          </p>
        )}
      </PanelSection>
      <PanelSection title="What it deleted">
        <Facts>
          <Fact label="Sessions">{run.sessions.toLocaleString("en")}</Fact>
          <Fact label="Events">{run.events.toLocaleString("en")}</Fact>
          <Fact label="Longest batch">{durationText(run.longestBatchMs)}</Fact>
          <Fact label="Audit log">
            <a
              className="text-accent underline-offset-2 hover:underline"
              href="/admin/audit?action=session.deleted"
            >
              Sessions that were deleted
            </a>
          </Fact>
        </Facts>
      </PanelSection>
      <PanelSection title="Orphans">
        <Facts>
          <Fact label="Conversations">{run.orphanFiles.toLocaleString("en")}</Fact>
          <Fact label="Sessions">{run.orphanRows.toLocaleString("en")}</Fact>
        </Facts>
        <p className="mt-2 text-xs text-muted-foreground">
          Conversations on a CLI server that no session knows are deleted. Sessions whose conversation is gone
          begin a new one with their next prompt.
        </p>
      </PanelSection>
    </SidePanel>
  );
}
