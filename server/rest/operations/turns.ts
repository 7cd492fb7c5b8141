import { randomUUID } from "node:crypto";
import { procedureOperation } from "../operation";
import { IDEMPOTENCY_KEY } from "./idempotency-key";

const resource = "Turns";
const REFUSALS = [
  ...([
    "turn_already_active",
    "idempotency_conflict",
    "too_many_turns",
    "queue_full",
    "shutting_down",
  ] as const),
] as const;

export const TURNS = [
  procedureOperation("turns.send", {
    resource,
    method: "POST",
    path: "/api/v1/sessions/{sessionId}/turns",
    summary: "Send a prompt",
    description:
      "Answers as soon as the prompt is stored. What becomes of it is told by the session's events, and by the turn.",
    places: {
      idempotencyKey: {
        in: "header",
        name: IDEMPOTENCY_KEY,
        description:
          "The same key with the same prompt gives the same turn. Without it every call is a prompt of its own.",
        generate: randomUUID,
      },
    },
    status: 202,
    location: "/api/v1/turns/{turnId}",
    refusals: ["session_not_found", ...REFUSALS],
    example: { prompt: "What changed since the last release?" },
  }),
  procedureOperation("turns.abort", {
    resource,
    method: "POST",
    path: "/api/v1/sessions/{sessionId}/abort",
    summary: "Stop the answer that is under way",
    description: "`aborted` is false where there was none.",
    status: 200,
    refusals: ["session_not_found"],
  }),
  procedureOperation("turns.get", {
    resource,
    method: "GET",
    path: "/api/v1/turns/{turnId}",
    summary: "What became of a prompt",
    description: "`code` and `message` say why a turn failed.",
    status: 200,
    refusals: ["turn_not_found"],
  }),
  procedureOperation("turns.retry", {
    resource,
    method: "POST",
    path: "/api/v1/turns/{turnId}/retry",
    summary: "Send the prompt of a failed or stopped turn again",
    description: "Calling it twice gives the same new turn.",
    status: 202,
    location: "/api/v1/turns/{turnId}",
    refusals: ["turn_not_found", "turn_not_retryable", ...REFUSALS],
  }),
];
