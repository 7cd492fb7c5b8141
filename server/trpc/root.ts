import { createCallerFactory, router } from "./init";
import { meRouter } from "./routers/me";
import { modelsRouter } from "./routers/models";
import { sessionsRouter } from "./routers/sessions";
import { turnsRouter } from "./routers/turns";

export const appRouter = router({
  me: meRouter,
  models: modelsRouter,
  sessions: sessionsRouter,
  turns: turnsRouter,
});

/** The contract of every typed client. */
export type AppRouter = typeof appRouter;

export const createCaller = createCallerFactory(appRouter);
