import { procedureOperation } from "../operation";

export const ME = [
  procedureOperation("me.get", {
    resource: "Me",
    method: "GET",
    path: "/api/v1/me",
    summary: "Who you are",
    status: 200,
  }),
];
