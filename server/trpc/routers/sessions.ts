import {
  CreateSessionInput,
  EventPage,
  ListEventsInput,
  ListSessionsInput,
  SessionInput,
  SessionPage,
  SessionSummary,
  UpdateSessionInput,
  WatchInput,
} from "@/lib/contracts/sessions";
import { countedStream } from "../counted-stream";
import { memberProcedure, router } from "../init";
import { WatchedEvents } from "../watched-events";

export const sessionsRouter = router({
  list: memberProcedure("sessions:read")
    .input(ListSessionsInput)
    .output(SessionPage)
    .query(({ ctx, input }) => ctx.services.sessions.list(ctx.actor, input)),
  get: memberProcedure("sessions:read")
    .input(SessionInput)
    .output(SessionSummary)
    .query(({ ctx, input }) => ctx.services.sessions.get(ctx.actor, input.sessionId)),
  create: memberProcedure("sessions:write")
    .input(CreateSessionInput)
    .output(SessionSummary)
    .mutation(({ ctx, input }) => ctx.services.sessions.create(ctx.actor, input)),
  update: memberProcedure("sessions:write")
    .input(UpdateSessionInput)
    .output(SessionSummary)
    .mutation(({ ctx, input }) => ctx.services.sessions.update(ctx.actor, input)),
  delete: memberProcedure("sessions:write")
    .input(SessionInput)
    .mutation(({ ctx, input }) => ctx.services.sessions.delete(ctx.actor, input.sessionId)),
  events: memberProcedure("sessions:read")
    .input(ListEventsInput)
    .output(EventPage)
    .query(({ ctx, input }) => ctx.services.sessions.events(ctx.actor, input)),
  // The id of each event is its number; a client that reconnects sends the last one back as `lastEventId`.
  watch: memberProcedure("sessions:read")
    .input(WatchInput)
    .subscription(async ({ ctx, input, signal }) => {
      const batches = await countedStream({ ctx, signal }, () =>
        ctx.services.sessions.watch(ctx.actor, input.sessionId, {
          afterSeq: Number(input.lastEventId ?? 0),
          signal: signal ? AbortSignal.any([signal, ctx.stopping]) : ctx.stopping,
          allowedUntil: ctx.actor.token?.expiresAt ?? null,
          stillAllowed: async () => (await ctx.reauthenticate())?.ownerId === ctx.actor.ownerId,
        }),
      );
      return new WatchedEvents(batches);
    }),
});
