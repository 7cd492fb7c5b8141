// A chat in the terminal. Ctrl-C stops an answer; between two answers it leaves, as Ctrl-D does.
import { stdin as input, stdout as output } from "node:process";
import { createInterface } from "node:readline/promises";
import { createFlightdeck, FlightdeckError } from "flightdeck-client";

const { FLIGHTDECK_URL: url, FLIGHTDECK_TOKEN: token } = process.env;
if (!url || !token) throw new Error("Set FLIGHTDECK_URL and FLIGHTDECK_TOKEN.");

const flightdeck = createFlightdeck({ url, token });
const terminal = createInterface({ input, output, prompt: "> " });
let sessionId: string | undefined;
let answering: AbortController | undefined;

function stopOrLeave(): void {
  if (answering) answering.abort();
  else terminal.close();
}
// The first is a key in a terminal, the second a signal where there is none.
terminal.on("SIGINT", stopOrLeave);
process.on("SIGINT", stopOrLeave);
let isOpen = true;
terminal.once("close", () => {
  isOpen = false;
});

/** Writes the answer as it comes. */
async function say(prompt: string): Promise<void> {
  const stop = new AbortController();
  answering = stop;
  try {
    const answer = flightdeck.ask(prompt, { sessionId, signal: stop.signal });
    sessionId = await answer.sessionId;
    for await (const { text, restarts } of answer)
      output.write(restarts ? `\n[from the start]\n${text}` : text);
  } catch (error) {
    if (stop.signal.aborted) output.write(" [stopped]");
    else if (error instanceof FlightdeckError) output.write(`[${error.code}] ${error.message}`);
    else throw error;
  } finally {
    answering = undefined;
  }
  output.write("\n");
}

terminal.prompt();
for await (const line of terminal) {
  if (line.trim() !== "") await say(line);
  if (isOpen) terminal.prompt();
}
