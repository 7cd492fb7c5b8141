/** `teams`: those of the organisation, by slug, that the person is in. */
export type Membership = { org: string; role: "admin" | "member"; teams: string[] };
export type Person = {
  id: number;
  login: string;
  name: string;
  email: string;
  bio: string;
  hue: number;
  memberships: Membership[];
};

export const people: Person[] = [
  {
    id: 1001,
    login: "mona",
    name: "Mona Lisa Octocat",
    email: "mona@example.com",
    bio: "Administrator",
    hue: 265,
    memberships: [
      { org: "octo-org", role: "admin", teams: ["platform"] },
      { org: "flightdeck-inc", role: "admin", teams: [] },
    ],
  },
  {
    id: 1002,
    login: "hubot",
    name: "Hubot",
    email: "hubot@example.com",
    bio: "Member of octo-org",
    hue: 205,
    memberships: [{ org: "octo-org", role: "member", teams: [] }],
  },
  {
    id: 1003,
    login: "octocat",
    name: "The Octocat",
    email: "octocat@example.com",
    bio: "In no organisation",
    hue: 20,
    memberships: [],
  },
];

const ORG_IDS: Record<string, number> = { "octo-org": 9001, "flightdeck-inc": 9002 };

/** Logins are matched as GitHub does: without regard to case. */
export function findPerson(login: string): Person | undefined {
  return people.find((person) => person.login === login.toLowerCase());
}

export function userJson(person: Person, url: string) {
  const api = `${url}/api/v3/users/${person.login}`;
  return {
    login: person.login,
    id: person.id,
    node_id: Buffer.from(`04:User${person.id}`).toString("base64"),
    avatar_url: `${url}/avatars/${person.login}.svg`,
    gravatar_id: "",
    url: api,
    html_url: `${url}/${person.login}`,
    organizations_url: `${api}/orgs`,
    type: "User",
    user_view_type: "private",
    site_admin: false,
    name: person.name,
    company: person.memberships.length > 0 ? `@${person.memberships[0]?.org}` : null,
    blog: "",
    location: null,
    email: person.email,
    hireable: null,
    bio: person.bio,
    twitter_username: null,
    notification_email: person.email,
    public_repos: 2,
    public_gists: 0,
    followers: 20,
    following: 0,
    created_at: "2008-01-14T04:33:35Z",
    updated_at: "2025-01-14T04:33:35Z",
    two_factor_authentication: true,
    plan: { name: "pro", space: 976562499, collaborators: 0, private_repos: 9999 },
  };
}

export function orgJson(org: string, url: string) {
  return {
    login: org,
    id: ORG_IDS[org] ?? 0,
    node_id: Buffer.from(`012:Organization${ORG_IDS[org] ?? 0}`).toString("base64"),
    url: `${url}/api/v3/orgs/${org}`,
    members_url: `${url}/api/v3/orgs/${org}/members{/member}`,
    avatar_url: `${url}/avatars/${org}.svg`,
    description: null,
  };
}

export function membershipJson(person: Person, membership: Membership, url: string) {
  return {
    url: `${url}/api/v3/orgs/${membership.org}/memberships/${person.login}`,
    state: "active",
    role: membership.role,
    organization_url: `${url}/api/v3/orgs/${membership.org}`,
    organization: orgJson(membership.org, url),
    user: userJson(person, url),
  };
}

export function teamMembershipJson(
  person: Person,
  { org, team }: { org: string; team: string },
  url: string,
) {
  return {
    url: `${url}/api/v3/organizations/${ORG_IDS[org] ?? 0}/team/${team}/memberships/${person.login}`,
    state: "active",
    role: "member",
  };
}

/** A small picture with the first letter, the same every time for the same name. */
export function avatarSvg(name: string): string {
  const hue = findPerson(name)?.hue ?? 140;
  const letter = /^[a-z]/i.exec(name)?.[0]?.toUpperCase() ?? "?";
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="0 0 96 96">` +
    `<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="hsl(${hue} 70% 58%)"/>` +
    `<stop offset="1" stop-color="hsl(${(hue + 40) % 360} 70% 40%)"/></linearGradient></defs>` +
    `<rect width="96" height="96" fill="url(#g)"/><text x="48" y="63" text-anchor="middle" fill="#fff" ` +
    `font-family="system-ui,sans-serif" font-size="44" font-weight="600">${letter}</text></svg>`
  );
}
