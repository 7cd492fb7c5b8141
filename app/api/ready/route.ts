import { readiness } from "@/server/runtime/http";

export const dynamic = "force-dynamic";

/** 200 when this process can take traffic; else 503, with the part that is missing. */
export async function GET(): Promise<Response> {
  const state = await readiness();
  return Response.json(state, { status: state.ready ? 200 : 503 });
}
