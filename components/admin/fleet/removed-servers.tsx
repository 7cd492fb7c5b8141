import type { Fleet } from "@/lib/contracts/fleet";
import { Button } from "../../ui/button";
import { RelativeTime } from "../../ui/relative-time";
import { countText } from "../../ui/units";
import { useMayChange } from "../use-may-change";

type RemovedServersProps = { removed: Fleet["removed"]; onBringBack(id: string): void };

/** Servers that were taken out, and could come back. */
export function RemovedServers({ removed, onBringBack }: RemovedServersProps) {
  const mayChange = useMayChange();
  if (removed.length === 0) return null;
  return (
    <section aria-labelledby="removed-servers" className="px-4 pt-8 pb-6 md:px-6">
      <h2 id="removed-servers" className="text-[0.8125rem] font-semibold">
        Removed
      </h2>
      <p className="mt-0.5 text-[0.8125rem] text-muted-foreground">
        Named by CLI_URL, or still finishing, and taken out here. They stay out after a restart too.
      </p>
      <ul className="mt-3 divide-y rounded-lg border">
        {removed.map(({ id, removedAt, activeTurns }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 text-[0.8125rem]">
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{id}</span>
              <span className="text-xs text-muted-foreground">
                removed <RelativeTime at={removedAt} />
                {activeTurns > 0 && `, still finishing ${countText(activeTurns, "answer")}`}
              </span>
            </span>
            {mayChange && (
              <Button size="sm" onClick={() => onBringBack(id)}>
                Bring back
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
