"use client";

import { lazy } from "react";
import { LazyMenu } from "./lazy-menu";
import type { MenuProps } from "./menu-panel";

const loadPanel = () => import("./menu-panel");
const MenuPanel = lazy(loadPanel);

/** A menu under a button. */
export function Menu(props: MenuProps) {
  return (
    <LazyMenu trigger={props.trigger} load={loadPanel}>
      <MenuPanel {...props} />
    </LazyMenu>
  );
}
