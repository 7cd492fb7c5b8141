"use client";

import { cloneElement, lazy, Suspense, useState } from "react";
import type { MenuProps } from "./menu-panel";

const loadPanel = () => import("./menu-panel");
const MenuPanel = lazy(loadPanel);

/** A menu under a button. Its code is loaded when the button is first pointed at or pressed, not with the page. */
export function Menu(props: MenuProps) {
  const [used, setUsed] = useState(false);
  const { trigger } = props;
  const waiting = cloneElement(trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: () => void loadPanel(),
    onFocus: () => void loadPanel(),
    onClick: () => setUsed(true),
  });
  if (!used) return waiting;
  return (
    <Suspense fallback={waiting}>
      <MenuPanel {...props} />
    </Suspense>
  );
}
