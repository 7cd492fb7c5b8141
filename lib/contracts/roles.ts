import { z } from "zod";

/** What a person may do beside their own things, each role with what those before it may. `auditor`: see the pages of
 *  administrators, and change nothing there. */
export const ROLES = ["user", "auditor", "admin"] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** Whether `role` is `needed`, or more. */
export const hasRole = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed);

/** The stronger of two roles. */
export const strongerOf = (one: Role, other: Role): Role => (hasRole(one, other) ? one : other);
