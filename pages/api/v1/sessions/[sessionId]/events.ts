import { handleEvents } from "@/server/runtime/rest";

// A route of Next's older router, for the same reason as that of `sessions.watch`: it gets the socket's own response.
export const config = { api: { bodyParser: false, externalResolver: true, responseLimit: false } };

export default handleEvents;
