import { expect, it } from "vitest";
import { ROLES } from "@/lib/contracts/roles";
import { accessTable, type Declared, undeclared } from "./access";

const procedures: Record<string, Declared> = {
  "b.read": { _def: { type: "query", meta: { access: "auditor", scope: "sessions:read" } } },
  "a.write": { _def: { type: "mutation", meta: { access: "admin", scope: "none" } } },
  "c.open": { _def: { type: "query" } },
};

it("a procedure that does not say who may call it is found", () => {
  expect(undeclared(procedures)).toEqual(["c.open"]);
});

it("a role may what those before it may, and a token what its scopes cover", () => {
  expect(accessTable(procedures, ROLES).split("\n").slice(-4, -2)).toEqual([
    "| `a.write` | mutation | no | no | yes | no |",
    "| `b.read` | query | no | yes | yes | `sessions:read` |",
  ]);
});
