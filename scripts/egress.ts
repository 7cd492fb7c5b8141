// Run beside CLI servers that Flightdeck does not start itself: `npm run egress`. The proxy through which they make every
// call, as HTTP_PROXY and HTTPS_PROXY: only https to public addresses, and what ALLOWED_EGRESS opens. It listens on
// EGRESS_HOST (127.0.0.1) and EGRESS_PORT (8889), which only the CLI servers should reach.
import { createDialer } from "@/server/egress/dialer";
import { startEgressProxy } from "@/server/egress/proxy";
import { parseOpenedTargets } from "@/server/platform/egress-ranges";
import { createLog } from "@/server/platform/log";

const { ALLOWED_EGRESS = "", HTTPS_PROXY, EGRESS_HOST, EGRESS_PORT, LOG_LEVEL } = process.env;
const parsed = parseOpenedTargets(ALLOWED_EGRESS);
if (!parsed.ok) {
  console.error(`The egress proxy cannot start: ALLOWED_EGRESS ${parsed.problem}.`);
  process.exit(1);
}
const log = createLog(LOG_LEVEL || "info");
const proxy = await startEgressProxy({
  dialer: createDialer({ opened: parsed.opened, upstream: HTTPS_PROXY || null }),
  host: EGRESS_HOST || "127.0.0.1",
  port: Number(EGRESS_PORT || 8_889),
  log,
});
log.info({ url: proxy.url, opened: ALLOWED_EGRESS }, "egress proxy ready");
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void proxy.close().then(() => process.exit(0)));
}
