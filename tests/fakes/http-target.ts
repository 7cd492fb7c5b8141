import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type HttpTarget = {
  port: number;
  /** What it was asked, as "METHOD path", in order. */
  asked: string[];
  /** Connections that were ever made to it. */
  connections(): number;
  [Symbol.asyncDispose](): Promise<void>;
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const LOOPBACK = { host: "127.0.0.1" };
/** Every address of this machine, IPv6's too where it has some. */
export const EVERYWHERE = {};

/** A server on loopback, or at other addresses of this machine, that somebody may want to reach, or must not. */
export async function startHttpTarget(
  answer: Answer = (_, response) => void response.end("hello"),
  at: { host?: string } = LOOPBACK,
): Promise<HttpTarget> {
  const asked: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen({ ...at, port: 0 }, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
