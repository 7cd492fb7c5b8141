import { Gauge, ListChecks, MessagesSquare, Plug, Recycle, ScrollText, Server, Users } from "lucide-react";
import type { Section } from "../shell/section-nav";

/** The pages of administrators. */
export const SECTIONS: readonly Section[] = [
  { href: "/admin", label: "Overview", key: "o", icon: Gauge },
  { href: "/admin/sessions", label: "Sessions", key: "s", icon: MessagesSquare },
  { href: "/admin/jobs", label: "Jobs", key: "j", icon: ListChecks },
  { href: "/admin/people", label: "People", key: "p", icon: Users },
  { href: "/admin/fleet", label: "Fleet", key: "f", icon: Server },
  { href: "/admin/providers", label: "Models", key: "m", icon: Plug },
  { href: "/admin/clean-up", label: "Clean-up", key: "c", icon: Recycle },
  { href: "/admin/audit", label: "Audit log", key: "a", icon: ScrollText },
];
