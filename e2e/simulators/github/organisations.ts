import { z } from "zod";
import type { Membership, Person } from "./people";

/** `"octo-org"` or `"octo-org/platform"`: a person in a team is in its organisation too. */
export const Place = z.string().regex(/^[a-z0-9-]+(\/[a-z0-9-]+)?$/, "write ORG or ORG/TEAM");

/** Who is in which organisation and team by now, and which organisations ask for single sign-on. */
export class Organisations {
  #changed = new Map<string, Membership[]>();
  #sso = new Set<string>();

  of({ login, memberships }: Person): Membership[] {
    return this.#changed.get(login) ?? memberships;
  }

  find(person: Person, org: string): Membership | undefined {
    return this.of(person).find((each) => each.org === org.toLowerCase());
  }

  /** From now on the person is in these and in no other. */
  set(login: string, places: string[]): void {
    const memberships = new Map<string, Membership>();
    for (const place of places) {
      const [org = "", team] = place.split("/");
      const membership = memberships.get(org) ?? { org, role: "member", teams: [] };
      if (team !== undefined) membership.teams.push(team);
      memberships.set(org, membership);
    }
    this.#changed.set(login.toLowerCase(), [...memberships.values()]);
  }

  /** These ask every token for single sign-on, which nobody has done. */
  askForSso(orgs: string[]): void {
    this.#sso = new Set(orgs);
  }

  asksForSso(org: string): boolean {
    return this.#sso.has(org.toLowerCase());
  }

  reset(): void {
    this.#changed.clear();
    this.#sso.clear();
  }
}
