import { describe, expect, it } from "vitest";
import type { RoleMapping } from "@/server/platform/role-map";
import { type AccessLists, gateByLogin, gateByOrgs, isAdminLogin, placesOf, roleOf } from "./rules";

const lists = (
  logins: string[],
  orgs: string[] = [],
  admins: string[] = [],
  map: RoleMapping[] = [],
): AccessLists => ({
  ALLOWED_LOGINS: logins,
  ALLOWED_ORGS: orgs,
  ADMIN_LOGINS: admins,
  GITHUB_ROLE_MAP: map,
});
const ACME: RoleMapping = { org: "acme", team: null, role: "user" };
const ADMINS: RoleMapping = { org: "acme", team: "platform", role: "admin" };

describe("the gate", () => {
  it.each([
    ["is open to everybody without lists", lists([]), "mona", "allowed"],
    ["is open to who is on the list, in any case", lists(["mona"]), "Mona", "allowed"],
    ["is closed to who is not on it", lists(["mona"]), "hubot", "refused"],
    ["is closed to a part of a name on it", lists(["mona"]), "mon", "refused"],
    ["is closed to who lost the name", lists(["mona"]), "mona#018f", "refused"],
    ["asks for organisations where a list has some", lists(["mona"], ["octo-org"]), "hubot", "ask_github"],
    ["asks for no organisation where the login decides", lists(["mona"], ["octo-org"]), "mona", "allowed"],
    ["does not open because one administers", lists(["mona"], [], ["hubot"]), "hubot", "refused"],
    ["asks GitHub where there is a map and no list", lists([], [], [], [ACME]), "hubot", "ask_github"],
    ["is open to who is on the list beside a map", lists(["mona"], [], [], [ACME]), "mona", "allowed"],
    ["asks GitHub about others beside a list", lists(["mona"], [], [], [ACME]), "hubot", "ask_github"],
    ["is open to administrators where there is a map", lists([], [], ["mona"], [ACME]), "Mona", "allowed"],
  ])("%s", (_name, access, login, decision) => {
    expect(gateByLogin(login, access)).toBe(decision);
  });

  it("opens for a member of a listed organisation, in any case", () => {
    expect(gateByOrgs(["Other", "Octo-Org"], lists([], ["octo-org"]))).toBe(true);
    expect(gateByOrgs(["other"], lists([], ["octo-org"]))).toBe(false);
    expect(gateByOrgs([], lists([], ["octo-org"]))).toBe(false);
  });
});

it("administrators are who the list names, in any case", () => {
  expect(isAdminLogin("MONA", lists([], [], ["mona"]))).toBe(true);
  expect(isAdminLogin("hubot", lists([], [], ["mona"]))).toBe(false);
  expect(isAdminLogin("mona", lists(["mona"]))).toBe(false);
});

it("places are asked about strongest role first, allowed organisations among them", () => {
  const security: RoleMapping = { org: "acme", team: "security", role: "auditor" };
  expect(placesOf(lists([], ["acme", "other"], [], [ACME, security, ADMINS]))).toEqual([
    ...[ADMINS, security, ACME],
    { org: "other", team: null, role: "user" },
  ]);
});

it.each([
  ["user", null, [ACME], "user"],
  ["user", "admin", [ACME], "admin"],
  ["auditor", "user", [ACME], "auditor"],
  ["admin", "user", [ACME], "admin"],
  ["user", "admin", [], "user"],
] as const)("%s, mapped to %s under %j, is %s", (role, mappedRole, map, effective) => {
  expect(roleOf({ login: "mona", role, mappedRole }, lists([], [], [], [...map]))).toBe(effective);
  expect(roleOf({ login: "mona", role, mappedRole }, lists([], [], ["mona"], [...map]))).toBe("admin");
});
