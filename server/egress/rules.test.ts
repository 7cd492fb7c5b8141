import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { parseOpenedTargets } from "@/server/platform/egress-ranges";
import { HOSTILE_HOSTS, HOSTILE_NAMES } from "@/tests/support/hostile-addresses";
import { isPublic, readAddress, refusalOf, targetOfAuthority, targetOfUrl } from "./rules";

const opened = (text: string) => {
  const parsed = parseOpenedTargets(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.opened;
};

/** What is said of a URL whose host is an address, or stands for `address`. */
function verdict(url: string, { address, open = "" }: { address?: string; open?: string } = {}) {
  const target = targetOfUrl(url);
  if (!target) return "malformed";
  const read = readAddress(address ?? target.host);
  return read ? refusalOf(read, target, opened(open)) : "no address";
}

const CLOSED = {
  "this machine": ["127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "[::1]", "[::]"],
  "private networks": [
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "[fc00::1]",
    "[fdff::1]",
  ],
  "links and clouds": [
    "169.254.169.254",
    "169.254.170.2",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
  ],
  "what is shared, reserved or spoken to many": [
    ...["100.64.0.1", "100.127.255.255", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"],
    ...["224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.88.99.1"],
    ...["[ff02::1]", "[2001:db8::1]", "[100::1]", "[fec0::1]", "[2001::1]", "[2002:7f00:1::]", "[3fff::1]"],
  ],
  "IPv4 inside of IPv6": [
    ...["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]"],
    ...["[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]"],
    ...["[64:ff9b::127.0.0.1]", "[64:ff9b::a00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::a00:1]"],
  ],
  "127.0.0.1 in other spellings": [
    ...["2130706433", "0x7f000001", "0x7f.0x0.0x0.0x1", "017700000001", "0177.0.0.1", "0177.0.0.01"],
    ...["127.1", "127.0.1", "0x7f.1", "127.0.0.1.", "127.000.000.001", "00000177.0.0.1"],
    ...["%31%32%37.0.0.1", "127%2e0%2e0%2e1", "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127．0．0．1"],
  ],
  "169.254.169.254 in other spellings": [
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "[::ffff:a9fe:a9fe]",
  ],
} as const satisfies Record<string, readonly string[]>;

describe("an address is closed", () => {
  for (const [what, hosts] of Object.entries(CLOSED)) {
    it.each(hosts)(`${what}: %s`, (host) => {
      for (const port of ["", ":443", ":80", ":11434"]) {
        expect(verdict(`https://${host}${port}/v1`)).toBe("closed_address");
        expect(verdict(`http://${host}${port}/v1`)).toBe("closed_address");
      }
    });
  }

  it("in every spelling that programs know, and where only one answer of a name leads there", () => {
    for (const host of HOSTILE_HOSTS)
      expect([host, verdict(`https://${host}/v1`)]).toEqual([host, "closed_address"]);
    for (const [name, addresses] of Object.entries(HOSTILE_NAMES)) {
      const verdicts = addresses.map((address) => verdict(`https://${name}/v1`, { address }));
      expect([name, verdicts]).toEqual([name, expect.arrayContaining(["closed_address"])]);
    }
  });

  it("whatever its bits are, in each spelling of the number", () => {
    const closed = fc.tuple(
      fc.constantFrom(...["10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]),
      fc.nat(),
      fc.constantFrom("decimal", "hex", "octal", "mapped", "nat64", "short"),
    );
    fc.assert(
      fc.property(closed, ([range, noise, spelling]) => {
        const [base = "", bits = "8"] = range.split("/");
        const size = 2 ** (32 - Number(bits));
        const number =
          ipaddr.IPv4.parse(base)
            .toByteArray()
            .reduce((sum, byte) => sum * 256 + byte, 0) +
          (noise % size);
        const dotted = [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256);
        const host = {
          decimal: String(number),
          hex: `0x${number.toString(16)}`,
          octal: dotted.map((byte) => `0${byte.toString(8)}`).join("."),
          mapped: `[::ffff:${dotted.join(".")}]`,
          nat64: `[64:ff9b::${dotted.join(".")}]`,
          short: `${dotted[0]}.${number % 2 ** 24}`,
        }[spelling];
        expect(verdict(`https://${host}/`)).toBe("closed_address");
      }),
      { numRuns: 1_000 },
    );
  });

  it("where it is no address of the internet, for every IPv6 outside of 2000::/3 but NAT64 of a public one", () => {
    const words = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(words, (parts) => {
        const address = new ipaddr.IPv6(parts);
        const first = parts[0] ?? 0;
        if (
          address.range() !== "rfc6052" &&
          !address.isIPv4MappedAddress() &&
          (first < 0x2000 || first > 0x3fff)
        ) {
          expect(isPublic(address)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("an address of the internet", () => {
  it.each([
    "140.82.121.4",
    "1.1.1.1",
    "[2606:50c0:8000::154]",
    "[64:ff9b::8c52:7904]",
    "[::ffff:140.82.121.4]",
  ])("%s is called by https on port 443, and no other way", (host) => {
    expect(verdict(`https://${host}/v1`)).toBeNull();
    expect(verdict(`https://${host}:443`)).toBeNull();
    expect(verdict(`https://${host}:8443`)).toBe("closed_port");
    expect(verdict(`http://${host}`)).toBe("not_https");
    expect(verdict(`http://${host}:443`)).toBe("not_https");
  });

  it("that a name stands for is judged, not the name", () => {
    expect(verdict("https://models.example", { address: "140.82.121.4" })).toBeNull();
    expect(verdict("https://models.example", { address: "10.0.0.1" })).toBe("closed_address");
    expect(verdict("https://models.example", { address: "fe80::1%eth0" })).toBe("closed_address");
    expect(verdict("https://models.example", { address: "nonsense" })).toBe("no address");
  });
});

describe("what an operator opens", () => {
  it.each([
    ["http://10.1.2.3:11434", "10.0.0.0/8"],
    ["https://10.1.2.3", "10.0.0.0/8"],
    ["http://10.1.2.3:8080", "10.1.2.3:8080"],
    ["http://[::ffff:10.1.2.3]", "10.0.0.0/8"],
    ["http://167838211", "10.0.0.0/8"],
    ["http://[fd00::5]:80", "fd00::/8"],
    ["http://127.0.0.1:9", "127.0.0.1:9"],
    ["https://140.82.121.4:8443", "140.82.121.4:8443"],
    ["http://169.254.169.254", "169.254.169.254"],
  ])("may be called: %s by %s", (url, open) => {
    expect(verdict(url, { open })).toBeNull();
  });

  it.each([
    ["http://11.1.2.3", "10.0.0.0/8", "not_https"],
    ["http://10.1.2.3:8081", "10.1.2.3:8080", "closed_address"],
    ["http://10.1.2.4:8080", "10.1.2.3:8080", "closed_address"],
    ["http://[64:ff9b::10.1.2.3]", "10.0.0.0/8", "closed_address"],
    ["http://[fd00::5]", "10.0.0.0/8", "closed_address"],
    ["http://169.254.169.254", "169.254.0.0/16", "closed_address"],
    ["http://169.254.169.254", "0.0.0.0/0", "closed_address"],
    ["http://[fe80::1]", "::/0", "closed_address"],
    ["http://168.63.129.16", "0.0.0.0/0", "closed_address"],
    ["http://[64:ff9b::169.254.169.254]", "::/0", "closed_address"],
    ["http://100.100.100.200", "100.64.0.0/10", "closed_address"],
    ["http://[fd00:ec2::254]", "fd00::/8", "closed_address"],
  ])("opens nothing else: %s by %s", (url, open, refusal) => {
    expect(verdict(url, { open })).toBe(refusal);
  });

  it("by its name is open wherever that leads, but to links and clouds", () => {
    const open = "ollama.internal:11434";
    const url = "http://ollama.internal:11434/v1";
    for (const address of ["10.0.0.1", "127.0.0.1", "140.82.121.4"])
      expect(verdict(url, { address, open })).toBeNull();
    expect(verdict(url, { address: "169.254.169.254", open })).toBe("closed_address");
    for (const other of [
      "http://ollama.internal/v1",
      "http://other.internal:11434",
      "http://x.ollama.internal:11434",
    ])
      expect(verdict(other, { address: "10.0.0.1", open })).toBe("closed_address");
    for (const same of ["http://OLLAMA.internal:11434", "http://ollama.internal.:11434"])
      expect(verdict(same, { address: "10.0.0.1", open })).toBeNull();
  });
});

describe("where a call leads", () => {
  it.each([
    "ftp://x.example",
    "file:///etc/passwd",
    "https://user@x.example",
    "https://:pass@x.example",
    "gopher://127.0.0.1",
    "//x.example",
    "",
    "https://",
    "https://[fe80::1%25eth0]/",
    "https://256.256.256.256",
    "https://a b.example",
  ])("is not told by %j", (url) => {
    expect(targetOfUrl(url)).toBeNull();
  });

  it.each([
    ["api.example.com:443", { host: "api.example.com", port: 443, secure: true }],
    ["API.Example.com.:443", { host: "api.example.com", port: 443, secure: true }],
    ["api.example.com:80", { host: "api.example.com", port: 80, secure: false }],
    ["[::1]:443", { host: "::1", port: 443, secure: true }],
    ["2130706433:443", { host: "127.0.0.1", port: 443, secure: true }],
    ["xn--nxasmq6b.example:443", { host: "xn--nxasmq6b.example", port: 443, secure: true }],
  ])("is told by host and port: %s", (authority, target) => {
    expect(targetOfAuthority(authority)).toEqual(target);
  });

  it.each([
    "api.example.com",
    "user@host:443",
    "host/path:443",
    "host:443/path",
    "host:99999",
    "host:",
    ":443",
    "a b:443",
    "host\\x:443",
    "[fe80::1%eth0]:443",
    "host?x:443",
  ])("is not told by anything but them: %s", (authority) => {
    expect(targetOfAuthority(authority)).toBeNull();
  });

  it("never throws, and what it tells has a host without a dot at its end", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.domain().map((name) => `http://${name}.`),
        ),
        (text) => {
          const told = [targetOfUrl(text), targetOfAuthority(text)];
          for (const target of told) if (target) expect(target.host).not.toMatch(/\.$|^$/);
        },
      ),
    );
  });
});
