import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { CopilotClient, RuntimeConnection, type SessionConfig } from "@github/copilot-sdk";
import { SESSION_OPTIONS } from "@/server/copilot/attachment";
import type { RunningCli } from "@/server/copilot/cli-process";
import type { Arm } from "./types";

const TURN_TIMEOUT_MS = 120_000;

/** The options of a bench session of the person behind `gitHubToken`: Flightdeck's own, so that all arms ask the same
 *  of the CLI. */
export const sessionOptions = (gitHubToken: string): Omit<SessionConfig, "sessionId"> => ({
  ...SESSION_OPTIONS,
  gitHubToken,
});

/** A started client, as the SDK's documentation makes one; `noDelay` switches Nagle's algorithm off on its socket,
 *  which is a private field of the client. */
export async function startClient(
  cli: RunningCli,
  { noDelay }: { noDelay: boolean },
): Promise<CopilotClient> {
  const client = cli.token.use(
    (connectionToken) =>
      new CopilotClient({
        connection: RuntimeConnection.forUri(cli.address, { connectionToken }),
        mode: "empty",
      }),
  );
  await client.start();
  if (noDelay) (client as unknown as { socket: Socket }).socket.setNoDelay(true);
  return client;
}

type Options = { cli: RunningCli; gitHubToken: string; noDelay: boolean };

/** Turns by `sendAndWait` on one client in this process. */
export async function createSdkArm({ cli, gitHubToken, noDelay }: Options): Promise<Arm> {
  const client = await startClient(cli, { noDelay });
  return {
    id: noDelay ? "sdk-nodelay" : "sdk",
    async open() {
      const session = await client.createSession({ sessionId: randomUUID(), ...sessionOptions(gitHubToken) });
      return {
        async turn(prompt) {
          const startedAt = performance.now();
          let firstTokenMs = Number.NaN;
          const unsubscribe = session.on("assistant.message_delta", () => {
            firstTokenMs = performance.now() - startedAt;
            unsubscribe();
          });
          const answer = await session.sendAndWait({ prompt }, TURN_TIMEOUT_MS);
          const wholeMs = performance.now() - startedAt;
          unsubscribe();
          return { firstTokenMs, wholeMs, text: answer?.data.content ?? "" };
        },
        close: () => session.disconnect(),
      };
    },
    driverCpuSeconds: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
    async close() {
      await client.stop();
    },
  };
}
