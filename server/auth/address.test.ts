import { expect, it } from "vitest";
import { clientAddress } from "./address";

const from = (peer: string, forwarded?: string) =>
  new Headers({
    "x-flightdeck-peer": peer,
    ...(forwarded !== undefined && { "x-forwarded-for": forwarded }),
  });

it.each([
  ["the socket's other end", from("192.0.2.1"), 0, "192.0.2.1"],
  ["never what a client claims", from("192.0.2.1", "10.0.0.1"), 0, "192.0.2.1"],
  ["what the proxy has noted", from("10.0.0.9", "192.0.2.1"), 1, "192.0.2.1"],
  [
    "not what a client wrote before the proxy's note",
    from("10.0.0.9", "10.6.6.6, 192.0.2.1"),
    1,
    "192.0.2.1",
  ],
  [
    "what the outer of two proxies has noted",
    from("10.0.0.9", "6.6.6.6, 192.0.2.1, 10.0.0.8"),
    2,
    "192.0.2.1",
  ],
  ["the socket's where a proxy has noted nothing", from("10.0.0.9"), 1, "10.0.0.9"],
  ["an IPv4 address as such", from("::ffff:192.0.2.1"), 0, "192.0.2.1"],
  ["an IPv6 address", from("2001:db8::1"), 0, "2001:db8::1"],
  ["nothing that is no address", from("10.0.0.9", "<script>"), 1, null],
  ["nothing where there is none", new Headers(), 0, null],
])("is %s", (_, headers, proxies, address) => {
  expect(clientAddress(headers, proxies)).toBe(address);
});
