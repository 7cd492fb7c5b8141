import { z } from "zod";
import { Role } from "./roles";

/** The person who is signed in. `github`: whether their GitHub access still works for running prompts. */
export const Me = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string().nullable(),
  image: z.string().nullable(),
  role: Role,
  github: z.enum(["active", "sign_in_required"]),
  demo: z.boolean(),
});
export type Me = z.infer<typeof Me>;
