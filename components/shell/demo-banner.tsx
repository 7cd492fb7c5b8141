import { Lamp } from "../ui/lamp";

/** On every page of a demo, so nobody takes its stand-ins for the real thing. */
export function DemoBanner() {
  return (
    <aside
      aria-label="Demo"
      className="flex shrink-0 items-center justify-center gap-2 border-b border-caution/25 bg-caution-soft px-4 py-1 text-center text-xs text-caution"
    >
      <Lamp tone="caution" small />
      Demo: GitHub and the models are stand-ins on this machine. Nothing leaves it.
    </aside>
  );
}
