"use client";

import type { AuditEvent } from "@/lib/contracts/audit";
import { Fact, Facts, PanelSection } from "../../ui/facts";
import { SidePanel } from "../../ui/side-panel";
import { actionLabel } from "./action-labels";
import { AuditResultLamp, whoOf } from "./audit-columns";

const EXACT = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long" });

/** Everything that one event of the audit log says. */
export function AuditPanel({ event, onClose }: { event: AuditEvent; onClose(): void }) {
  const { seq, at, actor, address, action, target, code, details, hash } = event;
  return (
    <SidePanel
      open
      onOpenChange={onClose}
      title={actionLabel(action)}
      description={`Event ${seq.toLocaleString("en")}`}
    >
      <PanelSection title="What happened">
        <Facts>
          <Fact label="When">{EXACT.format(at)}</Fact>
          <Fact label="Who">{whoOf(event)}</Fact>
          {actor?.id && <Fact label="Their id">{actor.id}</Fact>}
          <Fact label="From">{address ?? "unknown"}</Fact>
          {target && (
            <Fact label="On what">{target.name ? `${target.name} (${target.type})` : target.type}</Fact>
          )}
          {target && <Fact label="Its id">{target.id}</Fact>}
          <Fact label="Result">
            <AuditResultLamp event={event} />
          </Fact>
          {code && <Fact label="Reason">{code}</Fact>}
        </Facts>
      </PanelSection>
      {Object.keys(details).length > 0 && (
        <PanelSection title="Details">
          <pre className="overflow-x-auto rounded-lg border bg-muted/50 p-3 font-mono text-xs leading-5">
            {JSON.stringify(details, null, 2)}
          </pre>
        </PanelSection>
      )}
      <PanelSection title="Chain">
        <p className="font-mono text-xs break-all text-muted-foreground">{hash}</p>
        <p className="mt-2 text-xs text-muted-foreground">
          Every event carries the hash of the one before. <code>npm run audit:verify</code> finds the first
          one that was changed.
        </p>
      </PanelSection>
    </SidePanel>
  );
}
