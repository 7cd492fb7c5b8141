/** People whose memberships on GitHub are to be read again are looked for this often. */
export const MEMBERSHIP_LOOK_MS = 10_000;
/** So many are read at a time, each with their own token, so that no limit of GitHub is near. */
export const MEMBERSHIPS_AT_ONCE = 4;
/** Acts of one bulk call that are under way at the same time. */
export const ACTS_AT_ONCE_MAX = 8;
