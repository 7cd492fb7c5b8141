import { expect, it } from "vitest";
import { SCOPES } from "@/lib/contracts/scopes";
import { CreateTokenInput } from "@/lib/contracts/tokens";
import { daysOf, LIFE_OPTIONS, nameFor, tryingLine } from "./token-words";

const NOW = new Date("2026-11-23T09:00:00Z");

it("every life that is offered can be asked for, and the name that is proposed", () => {
  for (const { value } of LIFE_OPTIONS) {
    const input = { name: nameFor(NOW), scopes: [...SCOPES], days: daysOf(value) };
    expect(CreateTokenInput.safeParse(input).success, value).toBe(true);
  }
  expect(LIFE_OPTIONS.map(({ value }) => daysOf(value))).toEqual([7, 30, 90, 365, null]);
  expect(nameFor(NOW)).toBe("Token of Nov 23, 2026");
});

it("the line to try a token by names the server and the token", () => {
  expect(tryingLine("https://flightdeck.example.com", "fd_x")).toBe(
    'curl -H "Authorization: Bearer fd_x" https://flightdeck.example.com/api/trpc/me.get',
  );
});
