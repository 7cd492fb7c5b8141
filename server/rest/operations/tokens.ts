import { procedureOperation } from "../operation";

const resource = "Tokens";
const ALL = "/api/v1/tokens";

export const TOKENS = [
  procedureOperation("tokens.list", {
    resource,
    method: "GET",
    path: ALL,
    summary: "Your API tokens, newest first",
    description: "Without those that were revoked.",
    status: 200,
  }),
  procedureOperation("tokens.create", {
    resource,
    method: "POST",
    path: ALL,
    summary: "Make an API token",
    description:
      "`token` is what programs call with. It is told in this answer, and never again. `days` says how long it lives; null: until it is revoked.",
    status: 201,
    refusals: ["not_permitted", "token_limit_reached"],
    example: { name: "Nightly report", scopes: ["sessions:read", "sessions:write"], days: 90 },
  }),
  procedureOperation("tokens.revoke", {
    resource,
    method: "DELETE",
    path: `${ALL}/{id}`,
    summary: "Revoke an API token",
    description: "It is refused at its next call, and its open streams close.",
    status: 204,
    refusals: ["token_not_found"],
  }),
];
