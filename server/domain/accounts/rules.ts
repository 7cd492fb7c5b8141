import { hasRole, type Role, strongerOf } from "@/lib/contracts/roles";
import type { RoleMapping } from "@/server/platform/role-map";
import { SEEN_NOTE_MS } from "./tunables";

/** Who may use this server, and as what; all names in lower case, as the settings have them. */
export type AccessLists = {
  ALLOWED_LOGINS: string[];
  ALLOWED_ORGS: string[];
  ADMIN_LOGINS: string[];
  GITHUB_ROLE_MAP: RoleMapping[];
};

/** Whether organisations and teams on GitHub decide about access and roles. */
export const isRoleMapped = ({ GITHUB_ROLE_MAP }: Pick<AccessLists, "GITHUB_ROLE_MAP">): boolean =>
  GITHUB_ROLE_MAP.length > 0;

/** What the login alone says: `ask_github` where only a membership can still let the person in. */
export function gateByLogin(login: string, lists: AccessLists): "allowed" | "refused" | "ask_github" {
  const { ALLOWED_LOGINS, ALLOWED_ORGS } = lists;
  const isMapped = isRoleMapped(lists);
  const asksGithub = ALLOWED_ORGS.length > 0 || isMapped;
  if (ALLOWED_LOGINS.length === 0 && !asksGithub) return "allowed";
  if (ALLOWED_LOGINS.includes(login.toLowerCase())) return "allowed";
  // A mistake in GitHub's teams must not lock out those who could repair it.
  if (isMapped && isAdminLogin(login, lists)) return "allowed";
  return asksGithub ? "ask_github" : "refused";
}

/** True where one of the person's organisations is on the list. */
export const gateByOrgs = (orgs: string[], { ALLOWED_ORGS }: Pick<AccessLists, "ALLOWED_ORGS">) =>
  orgs.some((org) => ALLOWED_ORGS.includes(org.toLowerCase()));

/** The places on GitHub that give a role, strongest first. Members of ALLOWED_ORGS are at least a `user`. */
export function placesOf({ GITHUB_ROLE_MAP, ALLOWED_ORGS }: AccessLists): RoleMapping[] {
  const allowed = ALLOWED_ORGS.filter(
    (name) => !GITHUB_ROLE_MAP.some(({ org, team }) => org === name && team === null),
  ).map((org) => ({ org, team: null, role: "user" as const }));
  return [...GITHUB_ROLE_MAP, ...allowed].toSorted((one, other) =>
    one.role === other.role ? 0 : hasRole(one.role, other.role) ? -1 : 1,
  );
}

/** What a person may do: the strongest of what was granted, what GitHub gives, and everything where ADMIN_LOGINS names
 *  them. The same as `roleSql` in store.ts. */
export function roleOf(
  person: { login: string; role: Role; mappedRole: Role | null },
  lists: AccessLists,
): Role {
  if (isAdminLogin(person.login, lists)) return "admin";
  const mapped = isRoleMapped(lists) ? person.mappedRole : null;
  return mapped === null ? person.role : strongerOf(person.role, mapped);
}

/** Whether to note again that a person was seen. */
export const isSeenNote = (lastSeenAt: Date, now: Date): boolean =>
  now.getTime() - lastSeenAt.getTime() > SEEN_NOTE_MS;

export const isAdminLogin = (login: string, { ADMIN_LOGINS }: Pick<AccessLists, "ADMIN_LOGINS">) =>
  ADMIN_LOGINS.includes(login.toLowerCase());
