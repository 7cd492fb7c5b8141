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

export const isAdminLogin = (login: string, { ADMIN_LOGINS }: AccessLists) =>
  ADMIN_LOGINS.includes(login.toLowerCase());
