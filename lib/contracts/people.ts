import { z } from "zod";
import { BulkIds } from "./bulk";
import { PAGE_ROWS_MAX } from "./ids";
import { Role } from "./roles";
import { Text } from "./text";

/** Most pages that a list of people is looked through. */
const PAGES_MAX = 100_000;
const WORDS_CHARS_MAX = 200;
const TURNS_MAX = 1_000;

/** A person as administrators see them. `role` is what they may do now; `roleFixed`: ADMIN_LOGINS says so; `mappedRole`:
 *  what GITHUB_ROLE_MAP gives them, the least that they are. `suspendedAt`: since when it gives them nothing and they are
 *  shut out. `logins`: browsers in which they are signed in. `turnsMax`: null where the limit is everybody's. */
export const PersonRow = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string().nullable(),
  image: z.string().nullable(),
  role: Role,
  roleFixed: z.boolean(),
  mappedRole: Role.nullable(),
  disabledAt: z.date().nullable(),
  suspendedAt: z.date().nullable(),
  turnsMax: z.number().int().nullable(),
  createdAt: z.date(),
  lastSeenAt: z.date(),
  sessions: z.number().int(),
  turns: z.number().int(),
  activeTurns: z.number().int(),
  logins: z.number().int(),
});
export type PersonRow = z.infer<typeof PersonRow>;

export const PEOPLE_SORTS = ["login", "lastSeenAt", "createdAt"] as const;

/** `query` matches any part of login or name, ignoring case. `enabled`: neither disabled nor suspended. `page` counts
 *  from 0. */
export const ListPeopleInput = z
  .object({
    query: Text.pipe(z.string().trim().max(WORDS_CHARS_MAX)).optional(),
    role: Role.optional(),
    state: z.enum(["enabled", "disabled", "suspended"]).optional(),
    sort: z.enum(PEOPLE_SORTS).default("login"),
    descending: z.boolean().default(false),
    page: z.number().int().min(0).max(PAGES_MAX).default(0),
    limit: z.number().int().min(1).max(PAGE_ROWS_MAX).default(50),
  })
  .prefault({});
export type ListPeopleInput = z.infer<typeof ListPeopleInput>;

/** `total`: how many match, over all pages. */
export const PeoplePage = z.object({ items: z.array(PersonRow), total: z.number().int() });
export type PeoplePage = z.infer<typeof PeoplePage>;

export const PeopleInput = z.object({ ids: BulkIds });

/** What stays out is not changed; `turnsMax: null`: everybody's limit. */
export const UpdatePeopleInput = z.object({
  ids: BulkIds,
  role: Role.optional(),
  turnsMax: z.number().int().min(0).max(TURNS_MAX).nullable().optional(),
});
export type UpdatePeopleInput = z.infer<typeof UpdatePeopleInput>;
