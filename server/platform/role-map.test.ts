import { describe, expect, it } from "vitest";
import { parseRoleMap } from "./role-map";

const problemOf = (text: string) => {
  const parsed = parseRoleMap(text);
  return parsed.ok ? null : parsed.problem;
};

describe("the map of roles", () => {
  it("is read in any case, with organisations and their teams", () => {
    expect(parseRoleMap(" Acme/Platform=Admin, acme/sec_urity=auditor ,acme=user,")).toEqual({
      ok: true,
      map: [
        { org: "acme", team: "platform", role: "admin" },
        { org: "acme", team: "sec_urity", role: "auditor" },
        { org: "acme", team: null, role: "user" },
      ],
    });
    expect(parseRoleMap("")).toEqual({ ok: true, map: [] });
  });

  it.each([
    ["acme", /does not end in =user, =auditor, =admin/],
    ["acme=", /does not end in/],
    ["acme=owner", /does not end in/],
    ["acme=user=admin", /does not end in/],
    ["=user", /name of an organisation/],
    ["ac me=user", /name of an organisation/],
    ["https://github.com/acme=user", /name of an organisation/],
    ["acme/=user", /names no team/],
    ["acme/a/b=user", /names no team/],
    ["acme/The Team=user", /names no team/],
    ["acme=user,ACME=admin", /"ACME=admin" is there twice/],
    ["acme/a=user,acme/a=user", /is there twice/],
  ])("%j is refused, and why is said", (text, problem) => {
    expect(problemOf(text)).toMatch(problem);
  });

  it("names every entry that is wrong, and none that is right", () => {
    const problem = problemOf("acme=boss,acme/x=user,/y=admin");
    expect(problem).toContain('"acme=boss"');
    expect(problem).toContain('"/y=admin"');
    expect(problem).not.toContain("acme/x");
  });
});
