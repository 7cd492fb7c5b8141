"use client";

import {
  type ComponentProps,
  cloneElement,
  type ReactElement,
  type ReactNode,
  Suspense,
  useState,
} from "react";

/** A button. */
export type MenuTrigger = { trigger: ReactElement<ComponentProps<"button">> };

type LazyMenuProps = MenuTrigger & {
  /** Loads what `children` need. */
  load(): Promise<unknown>;
  /** The whole menu with its button, open at once. */
  children: ReactNode;
};

/** A menu of which the button alone comes with the page; the rest is loaded when that is first pointed at or pressed. */
export function LazyMenu({ trigger, load, children }: LazyMenuProps) {
  const [used, setUsed] = useState(false);
  const waiting = cloneElement(trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
    onClick: () => setUsed(true),
  });
  if (!used) return waiting;
  return <Suspense fallback={waiting}>{children}</Suspense>;
}
