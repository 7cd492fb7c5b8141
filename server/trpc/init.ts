import { initTRPC, TRPCError } from "@trpc/server";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import superjson from "superjson";
import { hasRole, type Role } from "@/lib/contracts/roles";
import { covers, type NeededScope } from "@/lib/contracts/scopes";
import { AppError } from "@/lib/errors/app-error";
import { ERROR_TABLE } from "@/lib/errors/table";
import type { Actor } from "@/server/platform/scope";
import type { Context } from "./context";
import { appErrorOf, toTrpcError } from "./errors";

/** A watch sends a comment this often, so proxies and the client notice a dead connection. */
export const SSE_PING_MS = 15_000;
/** A watch ends after this time and the client reconnects with its last event id: every stream has an end. */
export const SSE_MAX_MS = 15 * 60_000;
/** The client reconnects where it heard nothing, ping included, for this long. */
export const SSE_CLIENT_SILENCE_MS = 40_000;
/** A reader that takes nothing for this long is told to read again from where it stands, and after as long again its
 *  socket goes. */
export const SSE_STALL_MS = 60_000;

/** Who may call a procedure: whoever is signed in (`user`), or people with this role or a stronger one; and what an API
 *  token must be for. Every procedure declares both; `npm run check` writes docs/access.md from them, and fails where one
 *  does not. */
export type Access = { access: Role; scope: NeededScope };

const t = initTRPC
  .context<Context>()
  .meta<Access>()
  .create({
    transformer: superjson,
    sse: {
      maxDurationMs: SSE_MAX_MS,
      ping: { enabled: true, intervalMs: SSE_PING_MS },
      client: { reconnectAfterInactivityMs: SSE_CLIENT_SILENCE_MS },
    },
    errorFormatter({ shape, error }) {
      // Also reached by errors inside a running subscription, which skip the middleware below.
      const app = appErrorOf(error);
      const row = ERROR_TABLE[app.code];
      const { stack: _, ...data } = shape.data;
      return {
        ...shape,
        message: row.message,
        code: TRPC_ERROR_CODES_BY_KEY[row.trpc],
        data: { ...data, code: row.trpc, httpStatus: app.http, app },
      };
    },
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

// `next()` does not throw: it resolves to `{ ok: false, error }`.
const mapErrors = t.middleware(async ({ next, path, ctx }) => {
  const result = await next();
  if (result.ok) return result;
  const mapped = toTrpcError(result.error);
  if (appErrorOf(mapped).code === "internal") ctx.log.error({ path, err: mapped.cause }, "call failed");
  throw mapped;
});

/** A procedure for people with `access`, and for their tokens with `scope`. Decided before any input is read. Throws
 *  `not_signed_in`, `not_permitted` and `token_out_of_scope`; refusals go into the audit log. */
const procedureFor = (access: Role, scope: NeededScope) =>
  t.procedure
    .meta({ access, scope })
    .use(mapErrors)
    .use(async ({ ctx, path, next }) => {
      const actor = await admit(ctx, { access, scope }, path);
      return next({ ctx: { ...ctx, actor } });
    });

/** Who is calling, where they may call the procedure at `path`, which asks for `needed`. Throws `not_signed_in`,
 *  `not_permitted` and `token_out_of_scope`; refusals go into the audit log. Every procedure asks by itself; this is for
 *  an edge that wants to know before it reads a request, or before the first of several calls. */
export async function admit({ actor, services }: Context, needed: Access, path: string): Promise<Actor> {
  if (!actor) throw new TRPCError({ code: "UNAUTHORIZED", cause: new AppError("not_signed_in") });
  const refusal = refusalOf(actor, needed);
  if (!refusal) return actor;
  await services.audit.recordRefusal(actor, path);
  throw new TRPCError({ code: "FORBIDDEN", cause: new AppError(refusal) });
}

function refusalOf({ role, token }: Actor, { access, scope }: Access) {
  if (token && !covers(token.scopes, scope)) return "token_out_of_scope";
  return hasRole(role, access) ? null : "not_permitted";
}

/** A call of a signed-in person about what is theirs. */
export const memberProcedure = (scope: NeededScope) => procedureFor("user", scope);
/** A call that shows what administrators see. */
export const auditorProcedure = procedureFor("auditor", "admin");
/** A call that administrators alone may make. */
export const adminProcedure = procedureFor("admin", "admin");
