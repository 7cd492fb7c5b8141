import { Lamp } from "../ui/lamp";

/** On every page of a server that asks Copilot under one identity for everybody. */
export function IdentityBanner() {
  return (
    <aside
      aria-label="Identity"
      className="flex shrink-0 items-center justify-center gap-2 border-b bg-muted px-4 py-1 text-center text-xs text-muted-foreground"
    >
      <Lamp tone="accent" small />
      Copilot is asked under this server's own GitHub identity, not under yours.
    </aside>
  );
}
