"use client";

import { type ReactNode, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import type { RetentionPreview, RetentionRule } from "@/lib/contracts/retention";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { ErrorNote } from "../../ui/error-note";
import { Skeleton } from "../../ui/skeleton";
import { PreviewFacts } from "./preview-facts";
import { usePreview } from "./use-retention";

type PreviewDialogProps = {
  title: string;
  text: string;
  /** Of which the preview is; null: of those that are stored. */
  rules: RetentionRule[] | null;
  confirm: string;
  /** The same, where nothing would go. */
  confirmNothing: string;
  danger?: boolean;
  run(): Promise<unknown>;
  onClose(): void;
  children?(preview: RetentionPreview): ReactNode;
};

/** Shows what would go, asks, and does it. */
export function PreviewDialog(props: PreviewDialogProps) {
  const { title, text, rules, confirm, confirmNothing, danger, run, onClose, children } = props;
  const preview = usePreview(rules);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const error = failure ?? (preview.isFetching ? null : preview.error);
  const isNothing = preview.data?.sessions === 0;

  const go = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await run();
      onClose();
    } catch (caught) {
      setFailure(caught);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog open onOpenChange={onClose} title={title} description={text}>
      <div className="mb-4 max-h-[min(26rem,55dvh)] overflow-y-auto" aria-busy={preview.isFetching}>
        {preview.data ? (
          <PreviewFacts preview={preview.data}>{children?.(preview.data)}</PreviewFacts>
        ) : (
          preview.isFetching && <PreviewSkeleton />
        )}
      </div>
      <ErrorNote className="mb-4">{error !== null && clientErrorOf(error).message}</ErrorNote>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        {preview.error && !preview.data && !preview.isFetching ? (
          <Button variant="primary" onClick={() => void preview.refetch()}>
            Try again
          </Button>
        ) : (
          <Button
            variant={danger && !isNothing ? "danger" : "primary"}
            disabled={busy || !preview.data}
            onClick={() => void go()}
          >
            {isNothing ? confirmNothing : confirm}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function PreviewSkeleton() {
  return (
    <div className="space-y-3" role="status" aria-label="Counting what would go">
      <Skeleton className="h-14 w-full" />
      <Skeleton className="h-3.5 w-48" />
      <Skeleton className="h-3.5 w-64" />
    </div>
  );
}
