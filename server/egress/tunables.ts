/** Longest wait for the addresses of a name. */
export const RESOLVE_MAX_MS = 5_000;
/** Longest wait for a connection to one address; and most addresses of a name that are tried. */
export const CONNECT_MAX_MS = 5_000;
export const ADDRESSES_MAX = 4;
/** A tunnel in which nothing was said for this long ends. A model may think for a while before its first word. */
export const TUNNEL_IDLE_MS = 10 * 60_000;
/** Longest head of a request to the proxy. */
export const HEAD_MAX_MS = 10_000;
/** Most connections to the proxy at once. */
export const CONNECTIONS_MAX = 5_000;
/** Longest call that the app makes itself, with its answer; and most bytes of that. */
export const CALL_MAX_MS = 20_000;
export const ANSWER_BYTES_MAX = 256 * 1_024;
