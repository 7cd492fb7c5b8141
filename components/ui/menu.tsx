"use client";

import {
  type ComponentProps,
  cloneElement,
  lazy,
  type ReactElement,
  type ReactNode,
  Suspense,
  useState,
} from "react";

/** One line of a menu. `pick` stands among others of which one is chosen. */
export type MenuEntry =
  | { kind: "action"; label: string; icon: ReactNode; danger?: boolean; onSelect(): void }
  | { kind: "link"; label: string; icon: ReactNode; href: string }
  | { kind: "pick"; label: string; icon: ReactNode; chosen: boolean; onSelect(): void }
  | { kind: "heading"; label: string }
  | { kind: "separator"; label: string };

export type MenuProps = {
  /** A button. */
  trigger: ReactElement<ComponentProps<"button">>;
  entries: readonly MenuEntry[];
  align?: "start" | "end";
  side?: "top" | "bottom";
  className?: string;
};

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
