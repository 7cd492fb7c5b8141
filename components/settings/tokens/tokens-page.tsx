"use client";

import { KeyRound, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { clientErrorOf } from "@/client/errors";
import type { NewToken, TokenRow } from "@/lib/contracts/tokens";
import { SectionPage, SectionScroll } from "../../shell/section-page";
import { Button } from "../../ui/button";
import { DataTable } from "../../ui/data-table";
import { EmptyState } from "../../ui/empty-state";
import { FailedState } from "../../ui/failed-state";
import { CommandLine } from "./command-line";
import { CreatedToken } from "./created-token";
import { NewTokenDialog } from "./new-token-dialog";
import { RevokeDialog } from "./revoke-dialog";
import { tokenColumns } from "./token-columns";
import { tryingLine } from "./token-words";
import { useTokens } from "./use-tokens";

export function TokensPage() {
  const { data, error, refetch } = useTokens();
  const [isMaking, setMaking] = useState(false);
  const [created, setCreated] = useState<NewToken | null>(null);
  const [revoking, setRevoking] = useState<TokenRow | null>(null);
  const columns = useMemo(() => tokenColumns(setRevoking), []);
  const newButton = (
    <Button size="sm" onClick={() => setMaking(true)}>
      <Plus aria-hidden className="size-4" />
      New token
    </Button>
  );

  return (
    <SectionPage title="API tokens" actions={newButton}>
      <SectionScroll>
        {created && <CreatedToken key={created.id} token={created} onDone={() => setCreated(null)} />}
        {error && !data ? (
          <FailedState message={clientErrorOf(error).message} onRetry={() => void refetch()} />
        ) : (
          <DataTable<TokenRow>
            label="API tokens"
            columns={columns}
            rows={data?.items}
            idOf={({ id }) => id}
            nameOf={({ name }) => name}
            skeletonRows={3}
            empty={<NoTokens />}
          />
        )}
      </SectionScroll>
      {isMaking && <NewTokenDialog onClose={() => setMaking(false)} onCreated={setCreated} />}
      {revoking && <RevokeDialog token={revoking} onClose={() => setRevoking(null)} />}
    </SectionPage>
  );
}

function NoTokens() {
  return (
    <EmptyState
      icon={<KeyRound />}
      title="No token yet"
      text="With a token, your scripts and programs use Flightdeck as you do here, within the limits that you set. Make one, and try it like this:"
    >
      <div className="w-[min(36rem,calc(100vw-3rem))]">
        <CommandLine text={tryingLine(window.location.origin, "fd_…")} label="Copy the command" />
      </div>
    </EmptyState>
  );
}
