import { describe, expect, it } from "vitest";
import { gateByLogin, gateByOrgs, isAdminLogin } from "./rules";

const lists = (logins: string[], orgs: string[] = [], admins: string[] = []) => ({
  ALLOWED_LOGINS: logins,
  ALLOWED_ORGS: orgs,
  ADMIN_LOGINS: admins,
});

describe("the gate", () => {
  it.each([
    ["is open to everybody without lists", lists([]), "mona", "allowed"],
    ["is open to who is on the list, in any case", lists(["mona"]), "Mona", "allowed"],
    ["is closed to who is not on it", lists(["mona"]), "hubot", "refused"],
    ["is closed to a part of a name on it", lists(["mona"]), "mon", "refused"],
    ["is closed to who lost the name", lists(["mona"]), "mona#018f", "refused"],
    ["asks for organisations where a list has some", lists(["mona"], ["octo-org"]), "hubot", "ask_orgs"],
    ["asks for no organisation where the login decides", lists(["mona"], ["octo-org"]), "mona", "allowed"],
    ["does not open because one administers", lists(["mona"], [], ["hubot"]), "hubot", "refused"],
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
