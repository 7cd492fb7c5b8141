/** A token that expires within this time is refreshed before it is handed out, so it outlives the turn it is for.
 *  GitHub's tokens live 8 hours. Refreshing ends the old token at once, so earlier is not simply better. */
export const REFRESH_AHEAD_MS = 15 * 60_000;
/** A token is never refreshed before it lived this share of its life, however short that is. */
export const REFRESH_AHEAD_SHARE_MAX = 0.5;
/** A token that is still valid this long may be used where a refresh is not possible now. */
export const USABLE_LEFT_MS = 30_000;
/** Refreshes of this process at a time. Each holds a database connection while GitHub answers. */
export const REFRESHES_AT_ONCE_MAX = 6;
/** Longest wait for another process that refreshes the same token; above GitHub's time limit. */
export const ROW_LOCK_WAIT_MS = 15_000;
/** Longest wait of a refresh for a connection of the pool. */
export const CONNECTION_WAIT_MS = 5_000;
/** Longest refresh in all; above the waits for the row and for GitHub. */
export const REFRESH_TRANSACTION_MS = 30_000;
/** People of whom a process remembers that the use of their token was noted today. */
export const USES_MAX = 10_000;
