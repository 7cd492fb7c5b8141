// The smallest server of event streams that Node can be: no framework, no database, one write an event.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerParent } from "./child";
import { createNotes } from "./marks";
import { eventsIn, keepPace, type Pace, textEvent } from "./pace";

const streams: ServerResponse[] = [];
const seqs: number[] = [];

async function listen(): Promise<number> {
  const server = createServer((request, response) => {
    streams[Number(request.url?.slice(1))] = response;
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    response.flushHeaders();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function feed({ turnId, pace }: { turnId: string; pace: Pace }): Promise<Float64Array> {
  const notes = createNotes(eventsIn(pace));
  await keepPace(pace, (stream) => {
    const seq = (seqs[stream] ?? 0) + 1;
    seqs[stream] = seq;
    notes.add(stream, seq);
    const event = { seq, at: new Date(), ...textEvent(turnId) };
    const json = JSON.stringify({ json: event, meta: { values: { at: ["Date"] } } });
    streams[stream]?.write(`data: ${json}\nid: ${seq}\n\n`);
  });
  return notes.take();
}

const commands = { listen, feed };
export type PlainSseCommands = typeof commands;
answerParent(commands);
