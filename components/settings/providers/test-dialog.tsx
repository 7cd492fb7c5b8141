"use client";

import { CircleCheck } from "lucide-react";
import { useId, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import type { Provider, ProviderTest } from "@/lib/contracts/providers";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { ErrorNote } from "../../ui/error-note";
import { Field } from "../../ui/field";
import { Select } from "../../ui/select";
import { useProviderActs, type Whose } from "./use-providers";

type TestDialogProps = { provider: Provider; whose: Whose; onClose(): void };

/** Asks a model of a provider for one token, and says what came of it. */
export function TestDialog({ provider, whose, onClose }: TestDialogProps) {
  const { test } = useProviderActs(whose);
  const [model, setModel] = useState(provider.models[0]?.id ?? "");
  const [result, setResult] = useState<ProviderTest | null>(null);
  const id = useId();
  const run = () => {
    setResult(null);
    test.mutate({ providerId: provider.id, model }, { onSuccess: setResult });
  };

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Test ${provider.name}`}
      description="A real call for one token, as a session makes it. It may cost a fraction of a cent."
    >
      <div className="space-y-4">
        {provider.models.length > 1 && (
          <Field id={`${id}-model`} label="Model">
            <Select
              id={`${id}-model`}
              className="w-full"
              value={model}
              options={provider.models.map((each) => ({ value: each.id, label: each.name ?? each.id }))}
              onChange={(chosen) => {
                setModel(chosen);
                setResult(null);
              }}
            />
          </Field>
        )}
        <TestResult result={result} isPending={test.isPending} />
        <ErrorNote>{!result && test.error && clientErrorOf(test.error).message}</ErrorNote>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Close</Button>
          <Button variant="primary" disabled={test.isPending} onClick={run}>
            {result ? "Test again" : "Test"}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function TestResult({ result, isPending }: { result: ProviderTest | null; isPending: boolean }) {
  if (isPending || result?.ok) {
    return (
      <p role="status" className="flex items-center gap-2 text-[0.8125rem]">
        {isPending ? (
          <span className="text-muted-foreground">Asking the model…</span>
        ) : (
          <>
            <CircleCheck aria-hidden className="size-4 text-ok" />
            The model answered in {result?.ok && result.durationMs.toLocaleString("en")} ms.
          </>
        )}
      </p>
    );
  }
  if (!result) return null;
  return (
    <ErrorNote>
      {result.message}
      {result.status !== null && ` (Status ${result.status})`}
    </ErrorNote>
  );
}
