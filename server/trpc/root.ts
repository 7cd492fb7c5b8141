import type { z } from "zod";
import { type Access, createCallerFactory, router } from "./init";
import { adminRouter } from "./routers/admin";
import { jobsRouter } from "./routers/jobs";
import { meRouter } from "./routers/me";
import { modelsRouter } from "./routers/models";
import { providersRouter } from "./routers/providers";
import { schedulesRouter } from "./routers/schedules";
import { sessionsRouter } from "./routers/sessions";
import { tokensRouter } from "./routers/tokens";
import { turnsRouter } from "./routers/turns";

export const appRouter = router({
  admin: adminRouter,
  jobs: jobsRouter,
  me: meRouter,
  models: modelsRouter,
  providers: providersRouter,
  schedules: schedulesRouter,
  sessions: sessionsRouter,
  tokens: tokensRouter,
  turns: turnsRouter,
});

type Procedure = {
  _def: {
    type: "query" | "mutation" | "subscription";
    meta?: Access;
    inputs: readonly z.ZodType[];
    output?: z.ZodType;
  };
};

/** Every procedure by its path. tRPC's own type for them is nested; what is there is not. */
export const PROCEDURES = appRouter._def.procedures as unknown as Record<string, Procedure>;

/** The contract of every typed client. */
export type AppRouter = typeof appRouter;

export const createCaller = createCallerFactory(appRouter);
