// The clients of all streams, in a process of their own: what reading costs is charged to no server.
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { answerParent } from "./child";
import { createNotes } from "./marks";

type Open = { port: number; host: string; paths: string[]; cookie: string; eventsMax: number };

const ID = "\nid: ";
let notes = createNotes(0);
let open: ClientRequest[] = [];
let ended = 0;

function read(stream: number, message: IncomingMessage): void {
  let rest = "";
  message.on("error", () => {});
  message.once("close", () => (ended += 1));
  message.setEncoding("utf8");
  message.on("data", (chunk: string) => {
    rest += chunk;
    for (let from = rest.indexOf(ID); from >= 0; from = rest.indexOf(ID)) {
      const to = rest.indexOf("\n", from + ID.length);
      if (to < 0) return;
      notes.add(stream, Number(rest.slice(from + ID.length, to)));
      rest = rest.slice(to);
    }
  });
}

function openOne({ port, host, cookie, paths }: Open, stream: number, agent: Agent): Promise<void> {
  const path = paths[stream];
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { agent, host: "127.0.0.1", port, path, headers: { host, cookie } },
      (message) => {
        if (message.statusCode !== 200) return reject(new Error(`${path} answered ${message.statusCode}`));
        read(stream, message);
        resolve();
      },
    );
    outgoing.on("error", reject);
    outgoing.end();
    open.push(outgoing);
  });
}

const commands = {
  /** Opens one stream for each path, and keeps it open. */
  async open(options: Open): Promise<void> {
    ended = 0;
    notes = createNotes(options.eventsMax);
    const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
    for (const stream of options.paths.keys()) await openOne(options, stream, agent);
  },
  /** What came since it was asked last. */
  async take(): Promise<Float64Array> {
    if (ended > 0) throw new Error(`${ended} streams ended`);
    return notes.take();
  },
  async close(): Promise<void> {
    for (const each of open) each.destroy();
    open = [];
  },
};
export type WatcherCommands = typeof commands;
answerParent(commands);
