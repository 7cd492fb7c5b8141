import { procedureOperation } from "../operation";
import { IDEMPOTENCY_KEY } from "./idempotency-key";

const resource = "Sessions";
const ALL = "/api/v1/sessions";
const ONE = "/api/v1/sessions/{sessionId}";

export const SESSIONS = [
  procedureOperation("sessions.list", {
    resource,
    method: "GET",
    path: ALL,
    summary: "Your sessions, newest activity first",
    description:
      "Send `nextCursor` of a page as `cursor` to get the one after it; the last page has null there.",
    status: 200,
  }),
  procedureOperation("sessions.create", {
    resource,
    method: "POST",
    path: ALL,
    summary: "Make a session",
    places: {
      idempotencyKey: {
        in: "header",
        name: IDEMPOTENCY_KEY,
        description: "The same key gives the session that was made with it.",
      },
    },
    status: 201,
    location: "/api/v1/sessions/{id}",
    refusals: ["session_not_found", "too_many_sessions"],
    example: { title: "Release notes" },
  }),
  procedureOperation("sessions.get", {
    resource,
    method: "GET",
    path: ONE,
    summary: "One session",
    status: 200,
    refusals: ["session_not_found"],
  }),
  procedureOperation("sessions.update", {
    resource,
    method: "PATCH",
    path: ONE,
    summary: "Rename a session, change its model, archive it or bring it back",
    status: 200,
    refusals: ["session_not_found"],
    example: { title: "Release notes for 2.0", archived: false },
  }),
  procedureOperation("sessions.delete", {
    resource,
    method: "DELETE",
    path: ONE,
    summary: "Delete a session with everything in it",
    status: 204,
    refusals: ["session_not_found"],
  }),
  procedureOperation("sessions.events", {
    resource: "Events",
    method: "GET",
    path: `${ONE}/events`,
    summary: "What happened in a session, as pages or as a stream",
    description:
      "A page has the events after number `after`; there is more while the last one's `seq` is below `lastSeq`. With `Accept: text/event-stream` the answer is every event after `after` (or after the number in `Last-Event-ID`), and then each new one as it comes: the `id` is its number, the `data` the event. A number that is missing was folded into a later event, which says so in `folded`. The stream ends after 15 minutes at the latest; come back with the last id that you have seen. `resync` with `fromSeq` tells a reader that was too slow from which number on to read again; `problem` says why a stream ended.",
    places: { afterSeq: { in: "query", name: "after" } },
    status: 200,
    streams: true,
    refusals: ["session_not_found", "too_many_streams"],
  }),
];
