"use client";

import { Plug, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import type { Provider } from "@/lib/contracts/providers";
import { SectionPage, SectionScroll } from "../../shell/section-page";
import { Button } from "../../ui/button";
import { DataTable } from "../../ui/data-table";
import { EmptyState } from "../../ui/empty-state";
import { FailedState } from "../../ui/failed-state";
import { providerColumns } from "./provider-columns";
import { ProviderPanel } from "./provider-panel";
import { RemoveDialog } from "./remove-dialog";
import { TestDialog } from "./test-dialog";
import { useMayChange, useProviders, type Whose } from "./use-providers";

/** `null`: a new one. */
type Edited = { provider: Provider | null };

const WORDS = {
  own: {
    title: "Your models",
    empty: "Bring a model of your own",
    text: "Add an endpoint of OpenAI, Azure OpenAI, Anthropic, or one that speaks like them, as Ollama and vLLM do. Its models stand beside Copilot's when you pick one, and need no Copilot licence. The key is stored encrypted, and never shown again.",
  },
  shared: {
    title: "Models for everyone",
    empty: "Bring models for everyone",
    text: "Endpoints that you add here can be picked by everybody on this server, with the company's key, which nobody gets to see. People without a Copilot licence can work with them, too.",
  },
} as const satisfies Record<Whose, object>;

/** Model providers: a person's own, or those that are there for everyone. */
export function ProvidersPage({ whose }: { whose: Whose }) {
  const mayChange = useMayChange(whose);
  const { data, error, refetch } = useProviders(whose);
  const [edited, setEdited] = useState<Edited | null>(null);
  const [testing, setTesting] = useState<Provider | null>(null);
  const [removing, setRemoving] = useState<Provider | null>(null);
  const columns = useMemo(() => providerColumns(mayChange ? setTesting : null), [mayChange]);
  const words = WORDS[whose];
  const addButton = mayChange && (
    <Button size="sm" onClick={() => setEdited({ provider: null })}>
      <Plus aria-hidden className="size-4" />
      Add provider
    </Button>
  );

  return (
    <SectionPage title={words.title} actions={addButton}>
      <SectionScroll>
        {error && !data ? (
          <FailedState message={clientErrorOf(error).message} onRetry={() => void refetch()} />
        ) : (
          <DataTable<Provider>
            label={words.title}
            columns={columns}
            rows={data?.items}
            idOf={({ id }) => id}
            nameOf={({ name }) => name}
            skeletonRows={2}
            {...(mayChange && { onOpen: (provider: Provider) => setEdited({ provider }) })}
            empty={
              <EmptyState icon={<Plug />} title={words.empty} text={words.text}>
                {addButton}
              </EmptyState>
            }
          />
        )}
      </SectionScroll>
      {edited && (
        <ProviderPanel
          key={edited.provider?.id ?? "new"}
          provider={edited.provider}
          whose={whose}
          onClose={() => setEdited(null)}
          onAdded={setTesting}
          onRemove={setRemoving}
        />
      )}
      {testing && (
        <TestDialog key={testing.id} provider={testing} whose={whose} onClose={() => setTesting(null)} />
      )}
      {removing && (
        <RemoveDialog
          provider={removing}
          whose={whose}
          onClose={() => setRemoving(null)}
          onRemoved={() => setEdited(null)}
        />
      )}
    </SectionPage>
  );
}
