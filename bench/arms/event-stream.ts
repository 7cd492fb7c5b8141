import type { IncomingMessage } from "node:http";
import type { WireEvent } from "@/lib/events/wire";

/** Calls `onEvent` for each event of a watch. Lines that are no event's data (ids, pings, the greeting) are passed
 *  over; an error that the server reports ends the stream. */
export function readEventStream(message: IncomingMessage, onEvent: (event: WireEvent) => void): void {
  let rest = "";
  let kind = "message";
  const fail = (error: Error) => void message.destroy(error);
  // A stream that was closed on purpose has nothing to report.
  message.on("error", () => {});
  message.setEncoding("utf8");
  message.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") kind = "message";
      else if (line.startsWith("event: ")) kind = line.slice(7);
      else if (line.startsWith("data: ")) {
        if (kind === "serialized-error") return fail(new Error(line));
        if (kind === "message") onEvent((JSON.parse(line.slice(6)) as { json: WireEvent }).json);
      }
    }
  });
}
