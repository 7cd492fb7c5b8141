/** Addresses that nobody may be led to, on any port: this machine's, private ones, those of links and clouds. */
const CLOSED_V4 = [
  ...["127.0.0.1", "127.0.0.2", "127.8.7.6", "127.255.255.254", "0.0.0.0"],
  ...["10.1.2.3", "172.16.5.4", "192.168.1.10", "100.64.1.1"],
  ...["169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192"],
  ...["198.18.0.1", "224.0.0.1", "255.255.255.255"],
];
const CLOSED_V6 = [
  ...["::1", "0:0:0:0:0:0:0:1", "0000::0001", "::", "fe80::1", "fc00::1", "fd12:3456::1", "fd00:ec2::254"],
  ...["fec0::1", "ff02::1", "2001:db8::1", "3fff::1", "100::1", "2001::1", "64:ff9b:1::1"],
];

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");
const FULL_WIDTH_ZERO = 0xff10;
const CIRCLED = [..."⓪①②③④⑤⑥⑦⑧⑨"];

/** The ways in which programs write and read one IPv4 address as an IPv4 address. */
export function spellingsOfV4(dotted: string): string[] {
  const bytes = dotted.split(".").map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const digits = (write: (digit: number) => string) => dotted.replace(/\d/g, (digit) => write(Number(digit)));
  return [
    ...[
      dotted,
      `${dotted}.`,
      String(number),
      `0x${number.toString(16)}`,
      `0X${number.toString(16).toUpperCase()}`,
    ],
    ...[`0${number.toString(8)}`, `${a}.${(b * 256 + c) * 256 + d}`, `${a}.${b}.${c * 256 + d}`],
    bytes.map((byte) => `0x${byte.toString(16)}`).join("."),
    bytes.map((byte) => `0${byte.toString(8)}`).join("."),
    bytes.map((byte) => `000${byte.toString(8)}`).join("."),
    `0x${hex(a)}.${b}.0${c.toString(8)}.${d}`,
    [...dotted].map((letter) => `%${hex(letter.charCodeAt(0))}`).join(""),
    dotted.replaceAll(".", "%2e"),
    ...["。", "．", "｡"].map((dot) => dotted.replaceAll(".", dot)),
    digits((digit) => String.fromCodePoint(FULL_WIDTH_ZERO + digit)),
    digits((digit) => CIRCLED[digit] ?? ""),
  ];
}

/** The ways in which an IPv4 address stands inside of IPv6's, in brackets. */
export function spellingsInV6(dotted: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split(".").map(Number);
  const words = `${hex(a)}${hex(b)}:${hex(c)}${hex(d)}`;
  return [
    ...[`::ffff:${dotted}`, `::ffff:${words}`, `0:0:0:0:0:ffff:${words}`, `::FFFF:${dotted}`],
    ...[`::${dotted}`, `::ffff:0:${dotted}`, `64:ff9b::${dotted}`, `64:ff9b::${words}`, `2002:${words}::`],
  ].map((inside) => `[${inside}]`);
}

/** Hosts of URLs that lead to closed addresses without a name being looked up. */
export const HOSTILE_HOSTS: readonly string[] = [
  ...CLOSED_V4.flatMap((dotted) => [...spellingsOfV4(dotted), ...spellingsInV6(dotted)]),
  ...CLOSED_V6.map((address) => `[${address}]`),
];

/** Names, and the addresses that they stand for: each leads to a closed one, if not with its first. */
export const HOSTILE_NAMES: Readonly<Record<string, readonly string[]>> = {
  localhost: ["127.0.0.1", "::1"],
  "sub.localhost": ["127.0.0.1"],
  "localhost.localdomain": ["127.0.0.1"],
  "ip6-localhost": ["::1"],
  ...Object.fromEntries(
    [
      ...CLOSED_V4,
      ...CLOSED_V6,
      ...["fe80::1%lo", "::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1"],
    ].flatMap((address, n) => [
      [`only-${n}.example`, [address]],
      [`last-${n}.example`, ["140.82.121.4", address]],
    ]),
  ),
};
