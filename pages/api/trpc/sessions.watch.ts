import { handleWatch } from "@/server/runtime/http";

// A route of Next's older router, because this one gets the socket's own response: through the web streams of the
// newer one an event costs several times as much, and an open watch twice the memory.
export const config = { api: { bodyParser: false, externalResolver: true, responseLimit: false } };

export default handleWatch;
