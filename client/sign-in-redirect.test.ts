import { expect, test } from "vitest";
import { safeCallback, signInHref } from "./sign-in-redirect";

test.each([
  ["/s/abc", "/s/abc"],
  ["/?q=1", "/?q=1"],
  [null, "/"],
  ["", "/"],
  ["https://evil.example/x", "/"],
  ["//evil.example/x", "/"],
  ["/\\evil.example", "/"],
  ["\\\\evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["/signin?callbackUrl=/signin", "/"],
  ["/api/auth/signout", "/"],
  ["http://", "/"],
])("after signing in, %s leads to %s: always a page of this site", (asked, path) => {
  expect(safeCallback(asked)).toBe(path);
});

test("the way to the sign-in page keeps where to return to", () => {
  expect(signInHref("/s/a b", "SessionRequired")).toBe(
    "/signin?callbackUrl=%2Fs%2Fa+b&error=SessionRequired",
  );
});
