import { expect, test } from "vitest";
import * as schedules from "@/lib/contracts/schedules";
import * as sessions from "@/lib/contracts/sessions";
import * as turns from "@/lib/contracts/turns";
import { PROMPT_CHARS_MAX, SCHEDULE_NAME_CHARS_MAX, TITLE_CHARS_MAX } from "./limits";

test("the bounds shown in the browser are the bounds the server enforces", () => {
  expect(PROMPT_CHARS_MAX).toBe(turns.PROMPT_CHARS_MAX);
  expect(TITLE_CHARS_MAX).toBe(sessions.TITLE_CHARS_MAX);
  expect(SCHEDULE_NAME_CHARS_MAX).toBe(schedules.SCHEDULE_NAME_CHARS_MAX);
});
