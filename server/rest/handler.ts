import { TRPCError } from "@trpc/server";
import type { Log } from "@/server/platform/log";
import type { Context } from "@/server/trpc/context";
import { appErrorOf } from "@/server/trpc/errors";
import { admit } from "@/server/trpc/init";
import { PROCEDURES } from "@/server/trpc/root";
import { type Caller, crossOrigin } from "./cross-origin";
import type { Operation } from "./operation";
import { problemResponse } from "./problem";
import { inputOf } from "./request";
import { findRoute, methodsAt } from "./routes";

/** What answering takes of the process. `origins`: other websites whose pages may call. */
export type Edge = {
  createContext(caller: Caller): Promise<Context>;
  origins: readonly string[];
  log: Log;
};

/** Throws where the caller may not call one of `procedures`, before any of them is called. */
async function admitTo(context: Context, procedures: readonly string[]): Promise<void> {
  for (const procedure of procedures) {
    const needed = PROCEDURES[procedure]?._def.meta;
    if (!needed) throw new Error(`nobody may call ${procedure}`);
    await admit(context, needed, procedure);
  }
}

/** Notes what nobody foresaw. What a procedure threw is in the log already. */
export function noteUnexpected(log: Log, error: unknown): void {
  const isNew = !(error instanceof TRPCError) && appErrorOf(error).code === "internal";
  if (isNew) log.error({ err: error }, "REST call failed");
}

function answered({ status, location }: Operation, output: unknown): Response {
  const headers = new Headers({ "cache-control": "no-store" });
  if (location !== undefined) {
    const fields = new Map(Object.entries(output as object));
    headers.set(
      "location",
      location.replace(/\{(\w+)\}/g, (_, field) => String(fields.get(field))),
    );
  }
  if (status === 204) return new Response(null, { status, headers });
  headers.set("content-type", "application/json");
  return new Response(JSON.stringify(output), { status, headers });
}

async function respond(request: Request, caller: Caller, edge: Edge): Promise<Response> {
  let operation: Operation | undefined;
  try {
    const { pathname } = new URL(request.url);
    if (request.method === "OPTIONS") {
      return new Response(null, { status: 204, headers: { allow: methodsAt(pathname) } });
    }
    const route = findRoute(request.method, pathname);
    operation = route.operation;
    const context = await edge.createContext(caller);
    await admitTo(context, operation.needs);
    const input = await inputOf(request, route);
    return answered(operation, await operation.run({ context, input, signal: request.signal }));
  } catch (error) {
    noteUnexpected(edge.log, error);
    return problemResponse(error, operation);
  }
}

/** Answers one request with JSON or a problem. Who may do what, and what is valid, is decided by the procedures that the
 *  operation calls. Never rejects. */
export async function answer(request: Request, edge: Edge): Promise<Response> {
  const cross = crossOrigin(request, edge.origins);
  const response = await respond(request, cross.caller, edge);
  for (const [name, value] of Object.entries(cross.answer)) response.headers.set(name, value);
  return request.method === "HEAD" ? new Response(null, response) : response;
}
