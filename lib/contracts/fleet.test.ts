import { expect, it } from "vitest";
import { AddServerInput } from "./fleet";

it.each(["cli-2.internal:4141", "copilot_cli:1", "10.0.0.7:65535", "[::1]:4141", " CLI-2:4141 "])(
  "a server can be added at %s",
  (address) => {
    expect(AddServerInput.parse({ address }).address).toBe(address.trim().toLowerCase());
  },
);

it.each([
  ...["", "cli", "cli:", ":4141", "cli:0", "cli:04141", "cli:65536", "cli:4141/", "http://cli:4141", "a b:1"],
  ...["[::z]:1", "[:::::]:1", "999.1.1.1:1", "user@cli:4141", "cli:4141,cli:4142", `${"a".repeat(255)}:1`],
])("no server can be added at %j", (address) => {
  expect(AddServerInput.safeParse({ address }).success).toBe(false);
});
