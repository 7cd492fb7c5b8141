import { z } from "zod";
import { Role } from "./roles";

/** The person who is signed in. `github`: whether their GitHub access still works. `identity`: under whose GitHub account
 *  Copilot's models are asked here: each person's own, or one for everybody (`service`). */
export const Me = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string().nullable(),
  image: z.string().nullable(),
  role: Role,
  github: z.enum(["active", "sign_in_required"]),
  identity: z.enum(["user", "service"]),
  demo: z.boolean(),
});
export type Me = z.infer<typeof Me>;
