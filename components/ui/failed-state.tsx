import { CloudOff } from "lucide-react";
import { Button } from "./button";
import { EmptyState } from "./empty-state";

/** What a list says where it could not be fetched. */
export function FailedState({ message, onRetry }: { message: string; onRetry(): void }) {
  return (
    <EmptyState icon={<CloudOff />} title="This could not be loaded" text={message}>
      <Button size="sm" onClick={onRetry}>
        Try again
      </Button>
    </EmptyState>
  );
}
