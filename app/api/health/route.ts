export const dynamic = "force-dynamic";

/** The process answers; says nothing about its parts. */
export function GET(): Response {
  return Response.json({ status: "ok" });
}
