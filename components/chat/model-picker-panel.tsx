"use client";

import { Plug } from "lucide-react";
import { Popover } from "radix-ui";
import type { ReactNode } from "react";
import { clientErrorOf } from "@/client/errors";
import { useModels } from "@/client/hooks/use-models";
import { Button } from "../ui/button";
import { cn } from "../ui/cn";
import { POP_SURFACE, popContainer } from "../ui/pop-surface";
import { ModelList } from "./model-list";

export type ModelPickerProps = {
  /** Chosen model; null: the server's default. */
  value: string | null;
  open: boolean;
  onOpenChange(open: boolean): void;
  onPick(modelId: string): void;
};

type ModelPickerPanelProps = ModelPickerProps & { chosen: string | null; trigger: ReactNode };

/** Why Copilot's models are not among those to pick from. */
const AWAY: Readonly<Record<string, string>> = {
  github_sign_in_required: "Copilot's models are there again once you have signed in with GitHub anew.",
  copilot_not_licensed: "Copilot's models need a Copilot licence, which your GitHub account does not have.",
  service_identity_refused: "GitHub refuses this server's identity, so Copilot's models are not there.",
};

export default function ModelPickerPanel({
  open,
  onOpenChange,
  onPick,
  chosen,
  trigger,
}: ModelPickerPanelProps) {
  const { data, error, isPending, refetch } = useModels();
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal container={popContainer()}>
        <Popover.Content
          align="start"
          side="top"
          sideOffset={8}
          collisionPadding={8}
          aria-label="Pick a model"
          className={cn(POP_SURFACE, "w-[min(20rem,calc(100vw-1.5rem))]")}
        >
          {data && data.models.length > 0 ? (
            <>
              <ModelList
                models={data.models}
                defaultModel={data.defaultModel}
                chosen={chosen}
                onPick={(modelId) => {
                  onOpenChange(false);
                  onPick(modelId);
                }}
              />
              {data.copilot && (
                <p className="px-2.5 pt-1.5 pb-1 text-xs text-muted-foreground">
                  {AWAY[data.copilot] ?? "Copilot's models cannot be listed now."}
                </p>
              )}
            </>
          ) : (
            <div className="p-3 text-sm text-muted-foreground" role="status">
              {isPending && "Loading models…"}
              {data && "Your account has no models to choose from."}
              {error && (
                <>
                  <p>{clientErrorOf(error).message}</p>
                  <Button size="sm" className="mt-3" onClick={() => void refetch()}>
                    Try again
                  </Button>
                </>
              )}
            </div>
          )}
          <a
            href="/settings/providers"
            className="mt-1 flex min-h-9 items-center gap-2 border-t px-2.5 pt-1 text-sm text-muted-foreground hover:text-foreground max-md:min-h-11"
          >
            <Plug aria-hidden className="size-4" />
            Your own models
          </a>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
