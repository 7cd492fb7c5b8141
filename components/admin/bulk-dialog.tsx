"use client";

import { useState } from "react";
import { clientErrorOf } from "@/client/errors";
import type { BulkResult } from "@/lib/contracts/bulk";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { ErrorNote } from "../ui/error-note";
import { toast } from "../ui/toast";
import { Warning } from "../ui/warning";

/** An act on some rows, and how it is asked for. `warning`: what should not be overlooked; `done`: what is said when it
 *  worked for all. */
export type BulkAct = {
  title: string;
  text: string;
  warning?: string;
  confirm: string;
  danger?: boolean;
  done: string;
  rows: readonly { id: string; name: string }[];
  run(ids: string[]): Promise<BulkResult>;
};

type Failure = { id: string; name: string; message: string };

type BulkDialogProps = { act: BulkAct | null; onClose(): void; onDone(): void };

/** Asks before an act, runs it, and shows for which rows it did not work, and why. */
export function BulkDialog({ act, ...rest }: BulkDialogProps) {
  return act && <OpenDialog key={act.title} act={act} {...rest} />;
}

function OpenDialog({ act, onClose, onDone }: BulkDialogProps & { act: BulkAct }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [failures, setFailures] = useState<Failure[] | null>(null);

  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      const { results } = await act.run(act.rows.map(({ id }) => id));
      const names = new Map(act.rows.map(({ id, name }) => [id, name]));
      const failed = results.flatMap((result) =>
        result.ok
          ? []
          : [{ id: result.id, name: names.get(result.id) ?? result.id, message: result.message }],
      );
      onDone();
      if (failed.length > 0) return setFailures(failed);
      toast(act.done);
      onClose();
    } catch (caught) {
      setError(clientErrorOf(caught).message);
    } finally {
      setBusy(false);
    }
  };

  if (failures) {
    const worked = act.rows.length - failures.length;
    return (
      <Dialog
        open
        onOpenChange={onClose}
        title={worked === 0 ? "That did not work" : `Done for ${worked}, not for ${failures.length}`}
      >
        <ul className="max-h-72 divide-y overflow-y-auto text-[0.8125rem]">
          {failures.map(({ id, name, message }) => (
            <li key={id} className="py-2">
              <span className="font-medium break-words">{name}</span>
              <span className="block text-muted-foreground">{message}</span>
            </li>
          ))}
        </ul>
        <div className="mt-4 flex justify-end">
          <Button onClick={onClose}>Close</Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={onClose} title={act.title} description={act.text}>
      {act.rows.length > 1 && (
        <ul className="mb-4 max-h-40 overflow-y-auto rounded-lg border bg-muted/50 px-3 py-2 text-[0.8125rem]">
          {act.rows.map(({ id, name }) => (
            <li key={id} className="truncate leading-6">
              {name}
            </li>
          ))}
        </ul>
      )}
      {act.warning && <Warning className="mb-4">{act.warning}</Warning>}
      <ErrorNote className="mb-4">{error}</ErrorNote>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button variant={act.danger ? "danger" : "primary"} disabled={busy} onClick={() => void run()}>
          {act.confirm}
        </Button>
      </div>
    </Dialog>
  );
}
