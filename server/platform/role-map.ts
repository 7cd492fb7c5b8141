import { ROLES, type Role } from "@/lib/contracts/roles";

/** An organisation on GitHub, or one of its teams by its slug, and what its members may do. Names in lower case. */
export type RoleMapping = { org: string; team: string | null; role: Role };

const ORG = /^[a-z0-9][a-z0-9-]{0,38}$/;
const TEAM = /^[a-z0-9_][a-z0-9._-]{0,99}$/;

/** The mapping that one entry says, or what is wrong with it. */
function parseEntry(entry: string): RoleMapping | string {
  const [place = "", roleName, ...rest] = entry.toLowerCase().split("=");
  const role = ROLES.find((each) => each === roleName?.trim());
  if (rest.length > 0 || role === undefined) return `does not end in =${ROLES.join(", =")}`;
  const [org = "", team = null, ...more] = place.trim().split("/");
  if (!ORG.test(org)) return "does not begin with the name of an organisation";
  if (more.length > 0 || (team !== null && !TEAM.test(team))) {
    return "names no team: write ORGANISATION/TEAM-SLUG, as in the team's address on GitHub";
  }
  return { org, team, role };
}

/** Reads `org=role,org/team-slug=role,…`, in any case. An empty text is an empty map. Every entry that is wrong is named
 *  in the problem. */
export function parseRoleMap(
  text: string,
): { ok: true; map: RoleMapping[] } | { ok: false; problem: string } {
  const map: RoleMapping[] = [];
  const problems: string[] = [];
  for (const entry of text.split(",").map((each) => each.trim())) {
    if (entry === "") continue;
    const parsed = parseEntry(entry);
    const problem =
      typeof parsed === "string"
        ? parsed
        : map.some(({ org, team }) => org === parsed.org && team === parsed.team)
          ? "is there twice"
          : null;
    if (problem !== null) problems.push(`"${entry}" ${problem}`);
    else if (typeof parsed !== "string") map.push(parsed);
  }
  return problems.length > 0
    ? { ok: false, problem: `has a mistake: ${problems.join("; ")}` }
    : { ok: true, map };
}
