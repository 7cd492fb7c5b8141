// POST /ask with {"prompt": "…", "sessionId"?: "…"} answers one JSON object a line: first the session, to go on with,
// then pieces of text as they come, and at last whether that was all or what went wrong.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { type AnswerPiece, createFlightdeck, FlightdeckError } from "flightdeck-client";

/** Where a piece `restarts`, what came before it is to be forgotten. */
type Line =
  | { sessionId: string }
  | AnswerPiece
  | { done: true }
  | { error: { code: string; message: string; retryable: boolean } };

const { FLIGHTDECK_URL: url, FLIGHTDECK_TOKEN: token, PORT = "4000" } = process.env;
if (!url || !token) throw new Error("Set FLIGHTDECK_URL and FLIGHTDECK_TOKEN.");

const flightdeck = createFlightdeck({ url, token });
const app = express();
app.use(express.json());

app.post("/ask", async (request, response) => {
  const { prompt, sessionId } = (request.body ?? {}) as { prompt?: unknown; sessionId?: unknown };
  if (typeof prompt !== "string" || (sessionId !== undefined && typeof sessionId !== "string")) {
    response
      .status(400)
      .json({ error: { code: "invalid_input", message: "Send a prompt.", retryable: false } });
    return;
  }
  // Who hangs up wants no more of the answer.
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  async function write(line: Line): Promise<void> {
    if (!response.write(`${JSON.stringify(line)}\n`)) await once(response, "drain", { signal: gone.signal });
  }
  response.type("application/x-ndjson");
  try {
    const answer = flightdeck.ask(prompt, { sessionId, signal: gone.signal });
    await write({ sessionId: await answer.sessionId });
    for await (const piece of answer) await write(piece);
    await write({ done: true });
  } catch (error) {
    if (gone.signal.aborted) return;
    if (!(error instanceof FlightdeckError)) throw error;
    const { code, message, retryable, http } = error;
    if (!response.headersSent) response.status(http ?? 502);
    await write({ error: { code, message, retryable } });
  }
  response.end();
});

const server = app.listen(Number(PORT), () => {
  console.log(`Listening on http://localhost:${(server.address() as AddressInfo).port}`);
});
