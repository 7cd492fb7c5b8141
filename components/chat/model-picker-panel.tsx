"use client";

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
            <ModelList
              models={data.models}
              defaultModel={data.defaultModel}
              chosen={chosen}
              onPick={(modelId) => {
                onOpenChange(false);
                onPick(modelId);
              }}
            />
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
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
