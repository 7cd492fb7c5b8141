import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** What an operator has opened: addresses, or whatever a host's name stands for; at one port, or at all (null). */
export type OpenedTarget = { port: number | null } & (
  | { kind: "range"; first: Address; bits: number }
  | { kind: "host"; host: string }
);

const PORT_MAX = 65_535;
const ENTRY = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/;
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;
const BITS = /^\d{1,3}$/;

/** An address as everybody writes it; null for other spellings, and for what is none. */
function plainAddress(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return text.includes(":") && !text.includes("%") && ipaddr.IPv6.isValid(text)
    ? ipaddr.IPv6.parse(text)
    : null;
}

function rangeOf(text: string): { first: Address; bits: number } | null {
  const [base = "", bits, ...rest] = text.split("/");
  const first = plainAddress(base);
  if (!first || rest.length > 0) return null;
  const most = 8 * first.toByteArray().length;
  if (bits === undefined) return { first, bits: most };
  return BITS.test(bits) && Number(bits) <= most ? { first, bits: Number(bits) } : null;
}

// A number is an address in another spelling (2130706433 is 127.0.0.1), and no name.
const isHostName = (text: string): boolean =>
  HOST_NAME.test(text) && URL.canParse(`http://${text}`) && new URL(`http://${text}`).hostname === text;

function targetOf(item: string): OpenedTarget | null {
  const bare = rangeOf(item);
  if (bare) return { kind: "range", ...bare, port: null };
  const [, bracketed, plain = "", digits] = ENTRY.exec(item) ?? [];
  const port = digits === undefined ? null : Number(digits);
  if (port !== null && (port < 1 || port > PORT_MAX)) return null;
  const range = rangeOf(bracketed ?? plain);
  if (range) return { kind: "range", ...range, port };
  return bracketed === undefined && isHostName(plain) ? { kind: "host", host: plain, port } : null;
}

/** Reads `10.0.0.0/8, 10.1.2.3:8080, [fd00::/8]:11434, ollama.internal:11434`. The first item that is none of these is
 *  the problem. */
export function parseOpenedTargets(
  text: string,
): { ok: true; opened: OpenedTarget[] } | { ok: false; problem: string } {
  const items = text
    .toLowerCase()
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
  const opened: OpenedTarget[] = [];
  for (const item of items) {
    const target = targetOf(item);
    if (!target) {
      return {
        ok: false,
        problem: `has "${item}", which is no address, range or host, with or without a port`,
      };
    }
    opened.push(target);
  }
  return { ok: true, opened };
}
