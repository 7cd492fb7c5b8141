import { z } from "zod";

const NIL_UUID = "00000000-0000-0000-0000-000000000000";

// A malformed id is the id of nothing, and must answer exactly as an unknown one does; so it becomes the nil
// UUID, which no row has, instead of a validation error of its own.
const LookupId = z.string().transform((text) => {
  const uuid = z.uuid().safeParse(text);
  return uuid.success ? uuid.data.toLowerCase() : NIL_UUID;
});

export const SessionId = LookupId;
export const TurnId = LookupId;
export const TokenId = LookupId;
export const ProviderId = LookupId;
export const JobId = LookupId;
export const ScheduleId = LookupId;

/** Largest number of an event: the log's column holds no more. */
export const SEQ_MAX = 2_147_483_647;

/** Longest page of any listing. */
export const PAGE_ROWS_MAX = 100;
export const PAGE_ROWS_DEFAULT = 30;
