import { procedureOperation } from "../operation";

export const MODELS = [
  procedureOperation("models.list", {
    resource: "Models",
    method: "GET",
    path: "/api/v1/models",
    summary: "Which models you may pick",
    status: 200,
    refusals: [
      ...(["fleet_exhausted", "github_sign_in_required", "github_unavailable"] as const),
      ...(["copilot_not_licensed", "service_identity_refused"] as const),
    ],
  }),
];
