import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import type { SimulatorContext } from "../simulator-server";

/** A number refuses the look-up of the person and the model calls; `where: "models"` only the model calls. */
export const Licence = z.union([
  z.literal([402, 403]),
  z.object({ status: z.literal([402, 403]), where: z.enum(["everywhere", "models"]) }).strict(),
  z.null(),
]);
export type Licence = z.infer<typeof Licence>;

/** Who has no Copilot, and how they are told. */
export class Licences {
  #refusals = new Map<string, { status: 402 | 403; where: "everywhere" | "models" }>();

  /** Null gives the licence back. */
  set(login: string, licence: Licence): void {
    if (licence === null) this.#refusals.delete(login);
    else
      this.#refusals.set(
        login,
        typeof licence === "number" ? { status: licence, where: "everywhere" } : licence,
      );
  }

  clear(): void {
    this.#refusals.clear();
  }

  /** The refusal for a model call, or null. */
  refuseModels(c: SimulatorContext, login: string): Response | null {
    const refusal = this.#refusals.get(login);
    if (!refusal) return null;
    const error =
      refusal.status === 402
        ? { message: "You have exceeded your premium request allowance.", code: "quota_exceeded" }
        : { message: "No access to GitHub Copilot found.", code: "no_copilot_access" };
    return c.json({ error }, refusal.status as ContentfulStatusCode);
  }

  /** The refusal for the look-up of the person, or null. */
  refuseUser(c: SimulatorContext, login: string): Response | null {
    const refusal = this.#refusals.get(login);
    if (refusal?.where !== "everywhere") return null;
    return c.json(
      {
        message: refusal.status === 402 ? "Payment required" : "Resource not accessible by integration",
        can_signup_for_limited: false,
        error_details: {
          title: "No access to GitHub Copilot found",
          message: "You are currently logged in, but you do not have access to GitHub Copilot.",
          notification_id: "no_copilot_access",
          url: "https://github.com/github-copilot/signup",
        },
      },
      refusal.status as ContentfulStatusCode,
    );
  }
}
