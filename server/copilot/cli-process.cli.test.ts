import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pino from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "@/server/platform/clock";
import { identify } from "@/server/platform/process-identity";
import { Secret } from "@/server/platform/secret";
import { startCli } from "./cli-process";
import { connect } from "./connection";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "flightdeck-cli-process-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const start = (name: string) =>
  startCli(
    {
      ...{ name, dataDir },
      token: "one-for-all",
      githubUrl: "https://github.com",
      demo: false,
      env: process.env,
      log: pino({ level: "silent" }),
      clock: systemClock,
    },
    new AbortController().signal,
  );

it("CLI servers that share a home run side by side under the token they were given", async () => {
  const servers = [await start("first"), await start("second")];
  try {
    for (const { pid, address } of servers) {
      expect(identify(pid)).toBeDefined();
      const connection = await connect({ address, token: new Secret("one-for-all"), clock: systemClock });
      connection.close("seen");
    }
  } finally {
    for (const server of servers) await server.stop();
  }
});
