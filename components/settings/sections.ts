import { KeyRound, Plug } from "lucide-react";
import type { Section } from "../shell/section-nav";

/** The pages of a person's own settings. */
export const SECTIONS: readonly Section[] = [
  { href: "/settings/tokens", label: "API tokens", icon: KeyRound },
  { href: "/settings/providers", label: "Models", icon: Plug },
];
