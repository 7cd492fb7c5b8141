import ipaddr from "ipaddr.js";
import type { Address, OpenedTarget } from "@/server/platform/egress-ranges";
import type { Refusal, Target } from "./types";

const HTTPS_PORT = 443;
const HTTP_PORT = 80;

/** Where the internet's own IPv6 addresses are; whatever else there is has a special meaning. */
const GLOBAL_V6 = ipaddr.IPv6.parseCIDR("2000::/3");
/** Reserved for documentation, which the library does not know yet. */
const DOCUMENTATION_V6 = ipaddr.IPv6.parseCIDR("3fff::/20");
/** The clouds' own addresses beside the link-local ones, some of them public by their number: what answers there tells
 *  what only the machine should know. */
const METADATA: readonly Address[] = [
  ...["168.63.129.16", "100.100.100.200", "192.0.0.192"].map((text) => ipaddr.IPv4.parse(text)),
  ...["fd00:ec2::254", "fd20:ce::254"].map((text) => ipaddr.IPv6.parse(text)),
];

const isSame = (one: Address, other: Address): boolean =>
  one.kind() === other.kind() && one.toNormalizedString() === other.toNormalizedString();

const isV6 = (address: Address): address is ipaddr.IPv6 => address.kind() === "ipv6";

/** Where an address leads in the end: behind NAT64 it is what its last four bytes say. */
const behindNat64 = (address: Address): Address =>
  address.range() === "rfc6052" ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address;

function isMetadata(address: Address): boolean {
  const meant = behindNat64(address);
  return meant.range() === "linkLocal" || METADATA.some((known) => isSame(known, meant));
}

/** `text`, an address in any spelling that a resolver or a URL gives; null where it is none. An IPv4 address inside of
 *  IPv6's is the IPv4 address. */
export function readAddress(text: string): Address | null {
  if (!ipaddr.isValid(text)) return null;
  const address = ipaddr.parse(text);
  return isV6(address) && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** Whether it is an address of the internet. */
export function isPublic(address: Address): boolean {
  if (isMetadata(address)) return false;
  const meant = behindNat64(address);
  if (!isV6(meant)) return meant.range() === "unicast";
  return meant.match(GLOBAL_V6) && !meant.match(DOCUMENTATION_V6) && meant.range() === "unicast";
}

function isInRange(address: Address, { first, bits }: OpenedTarget & { kind: "range" }): boolean {
  if (address.kind() !== first.kind()) return false;
  // Nobody means them who opens a network.
  if (isMetadata(address)) return isSame(address, first) && bits === 8 * first.toByteArray().length;
  return isV6(address)
    ? address.match(first as ipaddr.IPv6, bits)
    : address.match(first as ipaddr.IPv4, bits);
}

function opens(opened: OpenedTarget, address: Address, { host, port }: Target): boolean {
  if (opened.port !== null && opened.port !== port) return false;
  if (opened.kind === "range") return isInRange(address, opened);
  return opened.host === host && !isMetadata(address);
}

/** Whether an operator has opened the target at this address. */
export const isOpened = (address: Address, target: Target, opened: readonly OpenedTarget[]): boolean =>
  opened.some((one) => opens(one, address, target));

/** Why `address`, one of those of the target's host, is not called; null where it may be. */
export function refusalOf(address: Address, target: Target, opened: readonly OpenedTarget[]): Refusal | null {
  if (isOpened(address, target, opened)) return null;
  if (!isPublic(address)) return "closed_address";
  if (!target.secure) return "not_https";
  return target.port === HTTPS_PORT ? null : "closed_port";
}

// The URL parser has brought numbers, percent signs and foreign letters into one form.
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "").replace(/\.+$/, "");

/** Where a URL leads; null where it is none of http(s), or carries a name and password. */
export function targetOfUrl(text: string): Target | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const secure = url.protocol === "https:";
  const host = hostOf(url);
  if ((!secure && url.protocol !== "http:") || url.username || url.password || host === "") return null;
  const usual = secure ? HTTPS_PORT : HTTP_PORT;
  return { host, port: url.port === "" ? usual : Number(url.port), secure };
}

/** Where `host:port`, as in a CONNECT, leads; null where it is anything else. What will be said there is not known: on
 *  any port but 443 it counts as not secure. */
export function targetOfAuthority(authority: string): Target | null {
  if (!/^[^/?#@\\\s]+:\d{1,5}$/.test(authority)) return null;
  const target = targetOfUrl(`http://${authority}`);
  return target && { ...target, secure: target.port === HTTPS_PORT };
}
