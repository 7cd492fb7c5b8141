import { describe, expect, it } from "vitest";
import { parseOpenedTargets } from "./egress-ranges";

const read = (text: string) => {
  const parsed = parseOpenedTargets(text);
  if (!parsed.ok) return parsed.problem;
  return parsed.opened.map((target) =>
    target.kind === "host"
      ? `host ${target.host} ${target.port}`
      : `${target.first.toNormalizedString()}/${target.bits} ${target.port}`,
  );
};

describe("what an operator opens", () => {
  it("is read as ranges, addresses and names, with and without a port", () => {
    expect(
      read("10.0.0.0/8, 10.1.2.3:8080,192.168.0.0/16:443, fd00::/8, [fd00::1]:11434, [fd00::/8]:1, ::1,"),
    ).toEqual([
      "10.0.0.0/8 null",
      "10.1.2.3/32 8080",
      "192.168.0.0/16 443",
      "fd00:0:0:0:0:0:0:0/8 null",
      "fd00:0:0:0:0:0:0:1/128 11434",
      "fd00:0:0:0:0:0:0:0/8 1",
      "0:0:0:0:0:0:0:1/128 null",
    ]);
    expect(read("Ollama.Internal:11434, gpu-1")).toEqual(["host ollama.internal 11434", "host gpu-1 null"]);
    expect(read("")).toEqual([]);
  });

  it.each([
    "10.0.0.0/33",
    "10.0.0/8",
    "fd00::/129",
    "fe80::1%eth0",
    "2130706433",
    "0x7f.1",
    "127.1",
    "host:0",
    "host:65536",
    "host:x",
    "http://host",
    "user@host",
    "*.internal",
    "host/8",
    "[host]:1",
    "[::1",
    "10.0.0.0/8/8",
    "-host",
  ])("is nothing else: %s", (text) => {
    expect(read(`10.0.0.1, ${text}`)).toContain(`has "${text}"`);
  });
});
