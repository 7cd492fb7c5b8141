/** The look of everything that floats: menus, pickers. */
export const POP_SURFACE =
  "z-50 rounded-xl border bg-raised p-1 text-foreground shadow-pop data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-97";

/** Where floating things are put: in an open modal dialog, since all around it is out of reach; else in the main
 *  landmark, so that screen readers find them inside one. */
export function popContainer(): HTMLElement | undefined {
  const dialog = Array.from(document.querySelectorAll<HTMLDialogElement>("dialog[open]")).at(-1);
  return dialog ?? document.getElementById("main") ?? undefined;
}
