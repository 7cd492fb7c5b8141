import { type NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy } from "@/server/runtime/content-security-policy";

/** Gives every page a Content-Security-Policy with a nonce of its own; Next and the layout put the nonce on the
 *  scripts they write. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = crypto.randomUUID();
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

export const config = { matcher: "/((?!api/|_next/|icon\\.svg).*)" };
