"use client";

import { Play } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { useCallback, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import type { HoldRow, RetentionRule } from "@/lib/contracts/retention";
import { SectionPage, SectionScroll } from "../../shell/section-page";
import { Button } from "../../ui/button";
import { FailedState } from "../../ui/failed-state";
import { toast } from "../../ui/toast";
import { type BulkAct, BulkDialog } from "../bulk-dialog";
import { useMayChange } from "../use-may-change";
import { HoldDialog } from "./hold-dialog";
import { HoldsSection } from "./holds-section";
import { PreviewDialog } from "./preview-dialog";
import { RulePreview } from "./rule-preview";
import { RulesSection } from "./rules-section";
import { RunPanel } from "./run-panel";
import { RunsSection } from "./runs-section";
import { useRefreshRetention, useRetention, useRuns, useStartRun, useUpdateRetention } from "./use-retention";

type Asked =
  | { kind: "save"; rules: RetentionRule[]; onSaved: () => void }
  | { kind: "run" }
  | { kind: "hold" };

export function CleanUpPage() {
  const mayChange = useMayChange();
  const retention = useRetention();
  const runs = useRuns();
  const refresh = useRefreshRetention();
  const { mutateAsync: update } = useUpdateRetention();
  const { mutateAsync: start } = useStartRun();
  const [openId, setOpenId] = useQueryState("run", parseAsString);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [act, setAct] = useState<BulkAct | null>(null);
  const open = runs.data?.items.find(({ id }) => id === openId);
  const isRunning = runs.data?.items.some(({ state }) => state === "running") ?? false;
  const close = () => setAsked(null);
  const failed = [retention, runs].find(({ error, data }) => error && !data);

  const lift = useCallback(
    ({ targetType, targetId }: HoldRow, name: string) =>
      setAct({
        title: `Lift the hold on ${name}?`,
        text: "From the next run on, the rules count for it again.",
        confirm: "Lift hold",
        done: "Hold lifted",
        rows: [{ id: targetId, name }],
        run: async () => {
          await update({ lift: { targetType, targetId } });
          return { results: [{ id: targetId, ok: true }] };
        },
      }),
    [update],
  );

  return (
    <SectionPage
      title="Clean-up"
      actions={
        mayChange && (
          <Button size="sm" disabled={isRunning || !retention.data} onClick={() => setAsked({ kind: "run" })}>
            <Play aria-hidden className="size-3.5" />
            {isRunning ? "Running" : "Run now"}
          </Button>
        )
      }
    >
      <SectionScroll>
        {failed ? (
          <FailedState
            message={clientErrorOf(failed.error).message}
            onRetry={() => {
              void retention.refetch();
              void runs.refetch();
            }}
          />
        ) : (
          <>
            <RulesSection
              retention={retention.data}
              onSave={(rules, onSaved) => setAsked({ kind: "save", rules, onSaved })}
            />
            <HoldsSection
              holds={retention.data?.holds}
              onAdd={() => setAsked({ kind: "hold" })}
              onLift={lift}
            />
            <RunsSection runs={runs.data?.items} onOpen={(id) => void setOpenId(id)} />
          </>
        )}
      </SectionScroll>
      {open && <RunPanel run={open} onClose={() => void setOpenId(null)} />}
      {asked?.kind === "save" && (
        <PreviewDialog
          title="Save these rules?"
          text="This is what a run would delete by them now. Nothing is deleted before the next run."
          rules={asked.rules}
          confirm="Save rules"
          confirmNothing="Save rules"
          run={async () => {
            await update({ rules: asked.rules });
            asked.onSaved();
            toast("Rules saved");
          }}
          onClose={close}
        >
          {(preview) => <RulePreview rules={asked.rules} preview={preview} />}
        </PreviewDialog>
      )}
      {asked?.kind === "run" && (
        <PreviewDialog
          title="Run the clean-up now?"
          text="It deletes what the rules name: conversations, what they attached, and their files on the CLI servers. That cannot be undone. Then it looks for orphans: what only a CLI server knows, or only Flightdeck."
          rules={null}
          confirm="Delete them"
          confirmNothing="Look for orphans"
          danger
          run={async () => {
            await start();
            refresh();
            toast("Clean-up started");
          }}
          onClose={close}
        />
      )}
      {asked?.kind === "hold" && <HoldDialog onClose={close} />}
      <BulkDialog act={act} onClose={() => setAct(null)} onDone={refresh} />
    </SectionPage>
  );
}
