import type { IncomingMessage, ServerResponse } from "node:http";
import type { ApiDocument } from "@/lib/openapi";
import { sessionCookieName } from "@/server/auth/cookies";
import { crossOrigin } from "@/server/rest/cross-origin";
import { answer, type Edge } from "@/server/rest/handler";
import { apiDocument } from "@/server/rest/openapi/document";
import { asksForStream, streamEvents } from "@/server/rest/stream";
import { contextOf, requestOf, type Serving } from "./http";
import { getRuntime } from "./runtime";

const edgeOf = (runtime: Serving): Edge => ({
  createContext: (caller) => contextOf(runtime, caller)(),
  origins: runtime.env.CORS_ORIGINS,
  log: runtime.log,
});

/** Answers one REST request. */
export const handleRest = async (request: Request): Promise<Response> =>
  answerRest(await getRuntime(), request);

export const answerRest = (runtime: Serving, request: Request): Promise<Response> =>
  answer(request, edgeOf(runtime));

/** Answers the address of a session's events: as a stream where that is asked for, otherwise as any other. */
export const handleEvents = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> =>
  answerEvents(await getRuntime(), incoming, response);

export async function answerEvents(
  runtime: Serving,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = requestOf(runtime, incoming);
  if (asksForStream(request)) return streamEvents(request, response, edgeOf(runtime));
  const { status, headers, body } = await answerRest(runtime, request);
  response.writeHead(status, Object.fromEntries(headers)).end(body && (await new Response(body).text()));
}

/** The OpenAPI document of this process. */
const documentOf = ({ env }: Serving): ApiDocument => apiDocument(sessionCookieName(env.APP_URL));

/** Gives the OpenAPI document to everybody: it is the same everywhere and holds no secret, and tools that read it have no
 *  login. */
export const handleDocument = async (request: Request): Promise<Response> =>
  answerDocument(await getRuntime(), request);

export const answerDocument = (runtime: Serving, request: Request): Response =>
  Response.json(documentOf(runtime), { headers: crossOrigin(request, runtime.env.CORS_ORIGINS).answer });

/** The document for the page that shows it. */
export const currentDocument = async (): Promise<ApiDocument> => documentOf(await getRuntime());
