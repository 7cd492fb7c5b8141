const load = () => import("remend");

let complete: typeof import("remend")["default"] | null = null;

/** Gets ready what `completed` needs; until it is there, text stays as it came. */
export async function loadCompletion(): Promise<void> {
  complete ??= (await load()).default;
}

/** The end of a text that is still arriving, with unfinished syntax completed for the eye. Only such a text needs
 *  the library, so a page that shows finished answers does not load it. */
export function completed(text: string): string {
  if (!complete) void loadCompletion().catch(() => {});
  return complete ? complete(text, { linkMode: "text-only", katex: false }) : text;
}
