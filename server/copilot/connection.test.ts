import { type AddressInfo, createServer, type Server, Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "@/server/platform/clock";
import { Secret } from "@/server/platform/secret";
import { connect } from "./connection";

let server: Server | undefined;

afterEach(() => server?.close());

async function listen(onSocket: (socket: Socket) => void): Promise<string> {
  const made = createServer(onSocket);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(made.address() as AddressInfo).port}`;
}

// A write that nobody handles fails the run as an unhandled rejection.
describe("a connection whose server hangs up during the handshake", () => {
  const attempts = Array.from({ length: 20 });
  const target = (address: string) => ({ address, token: new Secret("token"), clock: systemClock });

  it.each([
    ["in order", (socket: Socket) => socket.end()],
    ["at the first byte", (socket: Socket) => socket.once("data", () => socket.end())],
    ["with a reset", (socket: Socket) => socket.resetAndDestroy()],
  ])("fails as a lost server: %s", async (_, hangUp) => {
    const address = await listen(hangUp);
    for (const _attempt of attempts) {
      await expect(connect(target(address))).rejects.toMatchObject({ code: "cli_server_lost" });
    }
  });
});

it("a write that fails is told as a lost server, and to nobody else", async () => {
  const address = await listen(() => {});
  const write = vi.spyOn(Socket.prototype, "_write");
  // Where the writer hears of it, it rejects two promises, of which one is nobody's: that fails the run.
  write.mockImplementation((_chunk, _encoding, done) => done(new Error("write EPIPE")));
  try {
    const target = { address, token: new Secret("token"), clock: systemClock };
    await expect(connect(target)).rejects.toMatchObject({ code: "cli_server_lost" });
    expect(write).toHaveBeenCalled();
  } finally {
    write.mockRestore();
  }
});
