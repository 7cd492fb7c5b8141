import { post } from "./call";
import type { Dialer } from "./dialer";
import { targetOfUrl } from "./rules";
import type { Egress } from "./types";

/** What rooms may do of the egress: see `Egress`. */
export function createEgress(dialer: Dialer): Egress {
  return {
    async check(url) {
      const target = targetOfUrl(url);
      if (!target) return "malformed";
      const located = await dialer.locate(target);
      return located.state === "refused" ? located.refusal : null;
    },
    post: (call) => post(dialer, call),
  };
}
