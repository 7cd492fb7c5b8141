import type { Role } from "@/lib/contracts/roles";
import { SEEN_NOTE_MS } from "./tunables";

/** Who may use this server and who administers it; all names in lower case, as the settings have them. */
export type AccessLists = { ALLOWED_LOGINS: string[]; ALLOWED_ORGS: string[]; ADMIN_LOGINS: string[] };

/** What the login alone says: `ask_orgs` where only a membership can still let the person in. */
export function gateByLogin(login: string, lists: AccessLists): "allowed" | "refused" | "ask_orgs" {
  const { ALLOWED_LOGINS, ALLOWED_ORGS } = lists;
  if (ALLOWED_LOGINS.length === 0 && ALLOWED_ORGS.length === 0) return "allowed";
  if (ALLOWED_LOGINS.includes(login.toLowerCase())) return "allowed";
  return ALLOWED_ORGS.length > 0 ? "ask_orgs" : "refused";
}

/** True where one of the person's organisations is on the list. */
export const gateByOrgs = (orgs: string[], { ALLOWED_ORGS }: AccessLists) =>
  orgs.some((org) => ALLOWED_ORGS.includes(org.toLowerCase()));

/** What a person may do: what was granted, and everything where ADMIN_LOGINS names them. */
export const roleOf = (person: { login: string; role: Role }, lists: AccessLists): Role =>
  isAdminLogin(person.login, lists) ? "admin" : person.role;

/** Whether to note again that a person was seen. */
export const isSeenNote = (lastSeenAt: Date, now: Date): boolean =>
  now.getTime() - lastSeenAt.getTime() > SEEN_NOTE_MS;

export const isAdminLogin = (login: string, { ADMIN_LOGINS }: AccessLists) =>
  ADMIN_LOGINS.includes(login.toLowerCase());
