import { expect, test } from "vitest";
import { idIn } from "./hold-target";

const ID = "0b0e7c1e-5b1c-4f4e-9d5b-0f3a6f1f2a3b";

test.each([ID, ` ${ID.toUpperCase()} `, `https://flightdeck.example/s/${ID}?x=1`])(
  "%j names a session",
  (text) => {
    expect(idIn(text)).toBe(ID);
  },
);

test.each(["", "mona", "0b0e7c1e-5b1c"])("%j names none", (text) => {
  expect(idIn(text)).toBeNull();
});
