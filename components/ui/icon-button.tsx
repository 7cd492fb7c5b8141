import type { ReactNode } from "react";
import { Button, type ButtonProps } from "./button";

/** A button that shows only an icon: `label` is its accessible name and its tooltip, `keys` a shortcut to show. */
export function IconButton({
  label,
  keys,
  children,
  ...props
}: ButtonProps & { label: string; keys?: string; children: ReactNode }) {
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={label}
      title={keys ? `${label} (${keys})` : label}
      {...props}
    >
      {children}
    </Button>
  );
}
