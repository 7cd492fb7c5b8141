/** How one error code leaves the server: HTTP status, tRPC code, whether the same call may succeed later, and
 *  the sentence a person sees (what happened, then what to do next). */
export type ErrorRow = {
  http: number;
  trpc: TrpcCode;
  retryable: boolean;
  message: string;
};

type TrpcCode =
  | "BAD_REQUEST"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "METHOD_NOT_SUPPORTED"
  | "CONFLICT"
  | "TOO_MANY_REQUESTS"
  | "PAYLOAD_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "BAD_GATEWAY"
  | "SERVICE_UNAVAILABLE"
  | "GATEWAY_TIMEOUT"
  | "INTERNAL_SERVER_ERROR";
