import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { identify } from "@/server/platform/process-identity";
import { startEmbeddedPostgres } from "./embedded";

const isRoot = process.getuid?.() === 0;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "flightdeck-embedded-"));
  await chmod(folder, 0o711);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Starts a cluster in a process of its own; answers with that process and the server's pid. */
async function startElsewhere(dataDir: string) {
  const script = `import { startEmbeddedPostgres } from "./server/db/embedded.ts";
    startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} }).then(({ pid }) => console.log(pid));
    setInterval(() => {}, 1000);`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  const owner = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(owner.stdout, "data")) as [Buffer];
  return { owner, serverPid: Number(line.toString()) };
}

async function untilGone(pid: number): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (identify(pid) && performance.now() < deadline) await sleep(50);
  expect(identify(pid)).toBeUndefined();
}

describe("the embedded Postgres", () => {
  test("keeps what was written across a restart, and leaves no process", async () => {
    const first = await startEmbeddedPostgres({ dataDir: folder });
    await query(first.url, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('hello')");
    await first.stop();
    await untilGone(first.pid);
    const second = await startEmbeddedPostgres({ dataDir: folder });
    expect(await query(second.url, "SELECT word FROM kept")).toEqual([{ word: "hello" }]);
    await second.stop();
    await second.stop();
    await untilGone(second.pid);
  });

  test("listens on loopback alone", async () => {
    const { url, stop } = await startEmbeddedPostgres({ dataDir: folder, ephemeral: true });
    expect(await query(url, "SHOW listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    expect(await query(url, "SHOW unix_socket_directories")).toEqual([{ unix_socket_directories: "" }]);
    await stop();
  });

  test("needs its password", async () => {
    const { url, stop } = await startEmbeddedPostgres({ dataDir: folder, ephemeral: true });
    const wrong = new URL(url);
    wrong.password = "guess";
    await expect(query(wrong.href, "SELECT 1")).rejects.toThrow(/password authentication failed/);
    await stop();
  });

  test("ends with the process that started it, also when that one is killed", async () => {
    const { owner, serverPid } = await startElsewhere(folder);
    expect(identify(serverPid)).toBeDefined();
    owner.kill("SIGKILL");
    await untilGone(serverPid);
    const again = await startEmbeddedPostgres({ dataDir: folder });
    await again.stop();
  });

  test("refuses a folder that a living process uses, and names that process", async () => {
    const { owner, serverPid } = await startElsewhere(folder);
    await expect(startEmbeddedPostgres({ dataDir: folder })).rejects.toThrow(`process ${owner.pid}`);
    expect(identify(serverPid)).toBeDefined();
    owner.kill("SIGTERM");
    await untilGone(serverPid);
  });

  test("starts over a postmaster.pid that names a process of somebody else", async () => {
    const first = await startEmbeddedPostgres({ dataDir: folder });
    await first.stop();
    await writeFile(
      path.join(first.clusterDir, "postmaster.pid"),
      `${process.ppid}\n${first.clusterDir}\n0\n5432\n`,
    );
    const second = await startEmbeddedPostgres({ dataDir: folder });
    expect(identify(process.ppid)).toBeDefined();
    await second.stop();
  });

  test("starts over an initialisation that was cut off", async () => {
    const { stop, clusterDir } = await startEmbeddedPostgres({ dataDir: folder });
    await stop();
    await rm(clusterDir, { recursive: true });
    await mkdir(`${clusterDir}.new`);
    await writeFile(path.join(`${clusterDir}.new`, "PG_VERSION"), "18\n");
    const again = await startEmbeddedPostgres({ dataDir: folder });
    await again.stop();
  });

  test("recovers after the server itself was killed", async () => {
    const first = await startEmbeddedPostgres({ dataDir: folder });
    await query(first.url, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('hello')");
    process.kill(first.pid, "SIGKILL");
    await first.exited;
    await first.stop();
    const second = await startEmbeddedPostgres({ dataDir: folder });
    expect(await query(second.url, "SELECT word FROM kept")).toEqual([{ word: "hello" }]);
    await second.stop();
  });

  test("shows the server's last words where it does not start", async () => {
    const { stop, clusterDir } = await startEmbeddedPostgres({ dataDir: folder });
    await stop();
    await writeFile(path.join(clusterDir, "postgresql.conf"), "no_such_setting = 1\n");
    await expect(startEmbeddedPostgres({ dataDir: folder })).rejects.toThrow(/no_such_setting/);
  });

  test("says so where its port is taken by something that never answers", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    await expect(startEmbeddedPostgres({ dataDir: folder, port })).rejects.toThrow(/Address already in use/);
    silent.close();
  });

  test("works in a folder that only we may enter", async () => {
    await chmod(folder, 0o700);
    const dataDir = path.join(folder, "deep");
    const first = await startEmbeddedPostgres({ dataDir });
    expect(first.clusterDir.startsWith(isRoot ? "/var/tmp/flightdeck-0/" : folder)).toBe(true);
    await query(first.url, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('hello')");
    await first.stop();
    const second = await startEmbeddedPostgres({ dataDir });
    expect(await query(second.url, "SELECT word FROM kept")).toEqual([{ word: "hello" }]);
    await second.stop();
    await rm(second.clusterDir, { recursive: true });
  });

  test("leaves nothing of a throw-away cluster", async () => {
    const dataDir = path.join(folder, "throw-away");
    const { stop, clusterDir } = await startEmbeddedPostgres({ dataDir, ephemeral: true });
    await stop();
    await expect(stat(clusterDir)).rejects.toThrow(/ENOENT/);
    await expect(stat(dataDir)).rejects.toThrow(/ENOENT/);
  });

  test("keeps the password to its owner", async () => {
    const { stop } = await startEmbeddedPostgres({ dataDir: folder });
    await stop();
    expect((await stat(path.join(folder, "password"))).mode & 0o777).toBe(0o600);
    expect(await readFile(path.join(folder, "postgres.log"), "utf8")).not.toContain(
      await readFile(path.join(folder, "password"), "utf8"),
    );
  });
});
