import { ArrowDown } from "lucide-react";
import { Button } from "../ui/button";

export function JumpToLatest({ onJump }: { onJump(): void }) {
  return (
    <Button
      size="sm"
      className="absolute -top-11 left-1/2 -translate-x-1/2 animate-in rounded-full! shadow-composer fade-in-0 slide-in-from-bottom-1"
      onClick={onJump}
    >
      <ArrowDown className="size-3.5" />
      Jump to latest
    </Button>
  );
}
