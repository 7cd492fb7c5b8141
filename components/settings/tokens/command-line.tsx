import { CopyButton } from "../../ui/copy-button";

/** Something to type into a terminal, or to paste; `label`: what its button says. */
export function CommandLine({ text, label }: { text: string; label: string }) {
  return (
    <div className="flex w-full min-w-0 items-center gap-2 rounded-lg border bg-muted/50 py-1 pr-1 pl-3 text-left">
      <code
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="min-w-0 flex-1 overflow-x-auto py-1.5 font-mono text-xs whitespace-nowrap"
      >
        {text}
      </code>
      <CopyButton label={label} text={() => text} />
    </div>
  );
}
