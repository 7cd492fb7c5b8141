import { REFRESH_AHEAD_MS, REFRESH_AHEAD_SHARE_MAX, USABLE_LEFT_MS } from "./tunables";

/** What the decisions need of a stored credential. `updatedAt` is when its tokens were issued. */
export type TokenTimes = {
  status: "active" | "rejected";
  refreshable: boolean;
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
  updatedAt: Date;
};

/** `use`: hand it out. `refresh`: first refresh; where that is not possible now, use it if `usableMeanwhile`.
 *  `sign_in`: only a new sign-in helps. */
type TokenState = { next: "use" } | { next: "refresh"; usableMeanwhile: boolean } | { next: "sign_in" };

/** Decides what to do with a credential at `now`. */
export function tokenState(credential: TokenTimes | null, now: Date): TokenState {
  if (!credential || credential.status === "rejected") return { next: "sign_in" };
  const { accessExpiresAt, refreshExpiresAt, refreshable, updatedAt } = credential;
  if (!accessExpiresAt) return { next: "use" };
  const leftMs = accessExpiresAt.getTime() - now.getTime();
  const lifeMs = Math.max(0, accessExpiresAt.getTime() - updatedAt.getTime());
  if (leftMs > Math.min(REFRESH_AHEAD_MS, lifeMs * REFRESH_AHEAD_SHARE_MAX)) return { next: "use" };
  const canRefresh = refreshable && (!refreshExpiresAt || refreshExpiresAt > now);
  if (canRefresh) return { next: "refresh", usableMeanwhile: leftMs > USABLE_LEFT_MS };
  return leftMs > 0 ? { next: "use" } : { next: "sign_in" };
}
