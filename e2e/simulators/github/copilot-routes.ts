import type { ModelEngine } from "../model/engine";
import type { WireFormat } from "../model/model-request";
import type { SimulatorApp, SimulatorContext } from "../simulator-server";
import type { Licences } from "./licence";
import { modelsJson } from "./models";
import type { Person } from "./people";
import { orgJson } from "./people";
import { badCredentials, callerOf } from "./rest-routes";
import type { TokenStore } from "./tokens";

type CopilotParts = {
  tokens: TokenStore;
  licences: Licences;
  engine: ModelEngine;
  url: () => string;
  modelBaseUrl: string | null;
};

const MODEL_CALLS: Record<string, WireFormat> = {
  "/chat/completions": "completions",
  "/responses": "responses",
  "/v1/messages": "messages",
};
const ENTITLEMENT = 300;
const USED = 3;

/** What the CLI asks with a person's token: who they are in Copilot, and everything of Copilot's own API. */
export function copilotRoutes(app: SimulatorApp, parts: CopilotParts): void {
  const { tokens, licences, engine, url, modelBaseUrl } = parts;

  for (const prefix of ["", "/api/v3"]) {
    app.get(`${prefix}/copilot_internal/user`, (c) => {
      const caller = callerOf(c, tokens);
      if (!caller) return badCredentials(c);
      return licences.refuseUser(c, caller.person.login) ?? c.json(copilotUserJson(caller.person, url()));
    });
    app.get(`${prefix}/copilot_internal/managed_settings`, (c) =>
      callerOf(c, tokens) ? c.json({}) : badCredentials(c),
    );
  }

  app.get("/models", (c) => {
    // Also without a licence: when this call fails, the CLI goes on to the real api.githubcopilot.com with its model calls.
    return callerOf(c, tokens) ? c.json(modelsJson()) : capiUnauthorized(c);
  });
  for (const [path, format] of Object.entries(MODEL_CALLS)) {
    app.post(path, (c) => {
      const caller = callerOf(c, tokens);
      if (!caller) return capiUnauthorized(c);
      const refusal = licences.refuseModels(c, caller.person.login);
      if (refusal) return refusal;
      if (modelBaseUrl) return forward(c, modelBaseUrl + path.replace(/^\/v1/, ""));
      return engine.answer(c, format, quotaHeaders());
    });
  }

  app.all("/mcp/*", (c) => answerMcp(c, tokens));
  app.post("/telemetry", (c) => c.body(null, 204));
}

/** Copilot's own API answers a bad token in plain text. */
function capiUnauthorized(c: SimulatorContext): Response {
  return c.text("unauthorized: AuthenticateToken authentication failed\n", 401);
}

/** Passes a model call on to another endpoint. The person's token stays here. */
async function forward(c: SimulatorContext, target: string): Promise<Response> {
  const answer = await fetch(target, {
    method: "POST",
    headers: { "content-type": "application/json", accept: c.req.header("accept") ?? "*/*" },
    body: await c.req.text(),
    signal: c.req.raw.signal,
  });
  return new Response(answer.body, {
    status: answer.status,
    headers: { "content-type": answer.headers.get("content-type") ?? "application/json" },
  });
}

/** The least that a client of the Model Context Protocol accepts: a server without any tool. */
async function answerMcp(c: SimulatorContext, tokens: TokenStore): Promise<Response> {
  if (!callerOf(c, tokens)) return capiUnauthorized(c);
  if (c.req.method !== "POST") return c.body(null, 405);
  const message: { id?: string | number; method?: string; params?: { protocolVersion?: string } } =
    await c.req.json().catch(() => ({}));
  if (message.id === undefined) return c.body(null, 202);
  const result =
    message.method === "initialize"
      ? {
          protocolVersion: message.params?.protocolVersion ?? "2025-06-18",
          capabilities: { tools: {} },
          serverInfo: { name: "github-mcp-server", version: "simulated" },
        }
      : { tools: [], resources: [], prompts: [] };
  return c.json({ jsonrpc: "2.0", id: message.id, result });
}

function copilotUserJson(person: Person, url: string) {
  const isBusiness = person.memberships.length > 0;
  const resetAt = nextMonth();
  const unlimited = {
    entitlement: 0,
    remaining: 0,
    quota_remaining: 0,
    percent_remaining: 100,
    unlimited: true,
  };
  const quota = (id: string, numbers: object) => ({
    quota_id: id,
    overage_count: 0,
    overage_permitted: false,
    has_quota: true,
    timestamp_utc: new Date().toISOString(),
    ...numbers,
  });
  return {
    login: person.login,
    access_type_sku: isBusiness ? "copilot_for_business_seat_quota" : "plus_yearly_subscriber_quota",
    analytics_tracking_id: `simulated-${person.id}`,
    assigned_date: isBusiness ? "2025-01-15T09:00:00+00:00" : null,
    can_signup_for_limited: false,
    chat_enabled: true,
    copilot_plan: isBusiness ? "business" : "individual_pro",
    copilotignore_enabled: false,
    is_mcp_enabled: true,
    codex_agent_enabled: false,
    restricted_telemetry: true,
    organization_login_list: person.memberships.map(({ org }) => org),
    organization_list: person.memberships.map(({ org }) => ({ login: orgJson(org, url).login, name: org })),
    endpoints: { api: url, proxy: url, telemetry: url, "origin-tracker": url },
    quota_reset_date: resetAt.slice(0, 10),
    quota_reset_date_utc: resetAt,
    quota_snapshots: {
      chat: quota("chat", unlimited),
      completions: quota("completions", unlimited),
      premium_interactions: quota("premium_interactions", {
        entitlement: ENTITLEMENT,
        remaining: ENTITLEMENT - USED,
        quota_remaining: ENTITLEMENT - USED,
        percent_remaining: ((ENTITLEMENT - USED) / ENTITLEMENT) * 100,
        unlimited: false,
      }),
    },
  };
}

function quotaHeaders(): Record<string, string> {
  const remaining = (((ENTITLEMENT - USED) / ENTITLEMENT) * 100).toFixed(1);
  const premium = new URLSearchParams({
    ent: String(ENTITLEMENT),
    ov: "0.0",
    ovPerm: "false",
    rem: remaining,
    rst: nextMonth(),
  });
  return { "x-quota-snapshot-premium_interactions": premium.toString() };
}

function nextMonth(): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString();
}
