import { UNTITLED } from "@/lib/contracts/sessions";
import { TURN_FAILURES } from "@/lib/errors/turn-failures";
import { runningShares, sharesByHour } from "./rhythm";
import { ANSWERS, DETAILS, FAILURES, FOLLOW_UPS, INCIDENTS, MODELS, PLACES, THINGS, VERBS } from "./words";

/** A statement with its parameters. */
export type Statement = { label: string; sql: string; values: unknown[] };

export type Conversations = {
  sessions: number;
  eventsPerSession: number;
  from: Date;
  until: Date;
  owners: { id: string; weight: number }[];
  servers: string[];
};

const HOUR_MS = 3_600_000;
const NEVER_USED = 0.03;
/** Events of a turn that succeeds. */
const EVENTS_PER_TURN = 5;
/** A session has at most this many turns: its number and the turn's make a number of their own. */
const TURNS_MAX = 64;

/** Sessions by when they begin. */
function sessionsSql({ sessions, eventsPerSession, from, until, owners, servers }: Conversations): Statement {
  const hours = Math.floor((until.getTime() - from.getTime()) / HOUR_MS);
  const furtherTurns = Math.max(0.001, eventsPerSession / EVENTS_PER_TURN / (1 - NEVER_USED) - 1);
  return {
    label: "Sessions are drawn",
    sql: `
      CREATE TEMP TABLE seed_session AS
      SELECT b.n, pg_temp.id(b.at, b.n, 'session') AS id, b.at,
             ($4::uuid[])[1 + width_bucket(pg_temp.u(b.n, 'owner'), $5::float8[])] AS owner,
             CASE WHEN pg_temp.u(b.n, 'chosen') < 0.6 THEN pg_temp.pick($6, b.n, 'model') END AS model,
             pg_temp.pick($7, b.n, 'server') AS server,
             CASE WHEN pg_temp.u(b.n, 'used') < ${NEVER_USED} THEN 0
                  ELSE LEAST(${TURNS_MAX - 1}, 1 + floor(ln(1 - pg_temp.u(b.n, 'turns')) / ln($8::float8)))::int END AS turns,
             pg_temp.pick($9, b.n, 'thing') AS thing,
             pg_temp.pick($10, b.n, 'verb') || ' ' || pg_temp.pick($9, b.n, 'thing') || ' '
               || pg_temp.pick($11, b.n, 'place') AS title
      FROM (
        SELECT row_number() OVER (ORDER BY t.at, t.i) AS n, t.at FROM (
          SELECT i, pg_temp.after($1, ${HOUR_MS} * (
            width_bucket(pg_temp.u(i, 'hour'), $3::float8[]) + pg_temp.u(i, 'minute'))) AS at
          FROM generate_series(1, $2::bigint) AS i) t) b
      ORDER BY b.n`,
    values: [
      ...[from, sessions, sharesByHour(from, hours)],
      ...[owners.map(({ id }) => id), runningShares(owners.map(({ weight }) => weight)), MODELS, servers],
      ...[furtherTurns / (1 + furtherTurns), THINGS, VERBS, PLACES],
    ],
  };
}

/** The turns of each session one after the other, as far as they have ended by now; `seq`: of the prompt. */
function turnsSql({ until }: Conversations): Statement {
  return {
    label: "Turns are drawn",
    sql: `
      CREATE TEMP TABLE seed_turn AS
      WITH drawn AS (
        SELECT s.n, k, s.n * ${TURNS_MAX} + k AS m, s.id AS session, s.at AS session_at, s.server, s.title, s.thing,
               COALESCE(s.model, ($2::text[])[1]) AS model, extract(epoch FROM s.at)::bigint / 86400 AS day
        FROM seed_session s, generate_series(1, s.turns) AS k),
      judged AS MATERIALIZED (
        SELECT d.*, CASE WHEN o.x < o.failing THEN 'failed' WHEN o.x < o.failing + 0.035 THEN 'aborted'
                         ELSE 'succeeded' END AS status,
               CASE WHEN o.x < o.failing THEN CASE WHEN o.bad AND pg_temp.u(m, 'same cause') < 0.8
                 THEN pg_temp.pick($3, day, 'cause of the day') ELSE pg_temp.pick($4, m, 'cause') END END AS code
        FROM drawn d, LATERAL (SELECT pg_temp.u(d.m, 'outcome') AS x, pg_temp.u(d.day, 'bad day') < 0.05 AS bad,
          CASE WHEN pg_temp.u(d.day, 'bad day') < 0.05 THEN 0.14 ELSE 0.022 END AS failing) o),
      timed AS MATERIALIZED (
        SELECT j.*, j.status = 'succeeded' OR (j.status = 'aborted' AND pg_temp.u(m, 'stopped') < 0.8)
                 OR COALESCE(j.code, '') IN ('cli_server_lost', 'interrupted', 'timed_out') AS has_text,
               pg_temp.around(18, 0.6, m, 'start') + CASE WHEN pg_temp.u(m, 'waits') < 0.02
                 THEN pg_temp.around(4000, 0.9, m, 'wait') ELSE 0 END AS wait_ms,
               pg_temp.around(CASE j.model WHEN 'gpt-5-mini' THEN 620 WHEN 'gpt-5.2' THEN 1350 ELSE 1050 END,
                 0.5, m, 'first text') AS first_ms,
               LEAST(pg_temp.around(5200, 0.9, m, 'rest'), 170000)
                 + CASE WHEN j.code = 'timed_out' THEN 180000 ELSE 0 END AS rest_ms,
               CASE WHEN pg_temp.u(m, 'later') < 0.12 THEN 86400000 * (1 + floor(7 * pg_temp.u(m, 'days')))
                    ELSE 15000 + pg_temp.around(120000, 1.0, m, 'pause') END AS pause_ms
        FROM judged j),
      placed AS (
        SELECT t.*, pg_temp.after(t.session_at, 4000 + COALESCE(sum(wait_ms + first_ms + rest_ms + pause_ms)
                 OVER (PARTITION BY n ORDER BY k ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)) AS created,
               3 + has_text::int + (status = 'succeeded')::int AS events
        FROM timed t)
      SELECT p.n, p.k, p.session, p.server, p.thing, p.model, p.status, p.code, p.has_text, p.events, p.created,
             pg_temp.id(p.created, p.m, 'turn') AS id, p.first_ms, p.rest_ms,
             pg_temp.after(p.created, wait_ms) AS started,
             CASE WHEN p.has_text THEN pg_temp.after(p.created, wait_ms + first_ms) END AS first_text,
             pg_temp.after(p.created, wait_ms + first_ms + rest_ms) AS ended,
             1 + COALESCE(sum(p.events) OVER (
               PARTITION BY n ORDER BY k ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::int AS seq,
             CASE WHEN p.k = 1 THEN p.title || '. ' || pg_temp.pick($5, m, 'detail')
                  ELSE pg_temp.pick($6, m, 'follow-up') END AS prompt,
             $7::jsonb->>p.code AS message
      FROM placed p WHERE pg_temp.after(p.created, wait_ms + first_ms + rest_ms) < $1
      ORDER BY p.n, p.k`,
    values: [
      ...[until, MODELS, INCIDENTS, FAILURES, DETAILS, FOLLOW_UPS],
      JSON.stringify(
        Object.fromEntries(Object.entries(TURN_FAILURES).map(([code, { message }]) => [code, message])),
      ),
    ],
  };
}

const HEADS: Statement = {
  label: "Sessions are filled",
  sql: `
    CREATE TEMP TABLE seed_head AS
    SELECT n, max(seq + events - 1) AS last_seq, max(created) AS last FROM seed_turn GROUP BY n`,
  values: [],
};

const storedSessions = ({ until }: Conversations): Statement => ({
  label: "Sessions are stored",
  sql: `
    INSERT INTO "CopilotSession" ("id", "ownerId", "title", "titleSource", "model", "archivedAt", "createdAt", "lastActivityAt")
    SELECT s.id, s.owner, CASE WHEN h.n IS NULL THEN '${UNTITLED}' ELSE s.title END,
           (CASE WHEN h.n IS NULL THEN 'default' WHEN pg_temp.u(s.n, 'named') < 0.15 THEN 'user' ELSE 'prompt' END)::"TitleSource",
           s.model, CASE WHEN a.at < $1 THEN a.at END, s.at, COALESCE(h.last, s.at)
    FROM seed_session s LEFT JOIN seed_head h USING (n),
    LATERAL (SELECT CASE WHEN pg_temp.u(s.n, 'archived') < 0.2
      THEN pg_temp.after(COALESCE(h.last, s.at), pg_temp.around(5 * 86400000.0, 0.8, s.n, 'archived after')) END AS at) a
    ORDER BY s.n`,
  values: [until],
});

const STORED_HEADS: Statement = {
  label: "Heads are stored",
  sql: `
    INSERT INTO "SessionHead" ("sessionId", "lastSeq", "fence", "cliServer")
    SELECT s.id, COALESCE(h.last_seq, 0), (h.n IS NOT NULL)::int, CASE WHEN h.n IS NOT NULL THEN s.server END
    FROM seed_session s LEFT JOIN seed_head h USING (n) ORDER BY s.n`,
  values: [],
};

const STORED_TURNS: Statement = {
  label: "Turns are stored",
  sql: `
    INSERT INTO "Turn" ("id", "sessionId", "idempotencyKey", "prompt", "model", "status", "seq", "fence", "cliServer",
                        "code", "message", "createdAt", "startedAt", "firstTextAt", "endedAt")
    SELECT id, session, 'seed-' || k, prompt, model, status::"TurnStatus", seq, 1, server, code, message, created, started,
           first_text, ended
    FROM seed_turn`,
  values: [],
};

/** The same events as of a turn that was run. */
const STORED_EVENTS: Statement = {
  label: "Events are stored",
  sql: `
    INSERT INTO "Event" ("sessionId", "seq", "turnId", "type", "data", "at")
    SELECT t.session, t.seq + e.n, t.id, e.type, e.data, e.at
    FROM seed_turn t, LATERAL (VALUES
      (0, 'user.message', jsonb_build_object('content', t.prompt), t.created, true),
      (1, 'turn.started', jsonb_build_object('model', t.model), t.started, true),
      (2, 'assistant.message', jsonb_build_object('messageId', 'seed-' || t.k, 'partial', t.status <> 'succeeded',
          'content', replace(pg_temp.pick($1, t.n * ${TURNS_MAX} + t.k, 'answer'), '{thing}', t.thing),
          'folded', '[]'::jsonb), t.ended, t.has_text),
      (3, 'usage', jsonb_build_object('model', t.model,
          'inputTokens', 900 + (9000 * pg_temp.u(t.n * ${TURNS_MAX} + t.k, 'read'))::int,
          'outputTokens', 40 + (t.rest_ms / 18)::int, 'durationMs', (t.first_ms + t.rest_ms)::int,
          'timeToFirstTokenMs', t.first_ms::int), t.ended, t.status = 'succeeded'),
      (t.events - 1, 'turn.ended', CASE t.status
          WHEN 'failed' THEN jsonb_build_object('outcome', 'failed', 'code', t.code, 'message', t.message)
          ELSE jsonb_build_object('outcome', t.status) END, t.ended, true)) AS e(n, type, data, at, is_there)
    WHERE e.is_there`,
  values: [ANSWERS],
};

/** People are seen when they sent their last prompt; who was shut out was so soon after. */
const seenPeople = ({ until }: Conversations): Statement => ({
  label: "People are seen",
  sql: `
    UPDATE "User" u SET "lastSeenAt" = GREATEST(u."lastSeenAt", l.last),
      "lastSignInAt" = GREATEST(u."lastSignInAt", l.last - interval '3 days'),
      "disabledAt" = CASE WHEN u."disabledAt" IS NOT NULL
        THEN LEAST(GREATEST(u."lastSeenAt", l.last) + interval '1 hour', $1::timestamptz) END
    FROM (SELECT s.owner, max(h.last) AS last FROM seed_session s JOIN seed_head h USING (n) GROUP BY 1) l
    WHERE l.owner = u."id"`,
  values: [until],
});

/** Sessions with their turns and events, in the order in which the statements have to run on one connection. */
export const conversationStatements = (wanted: Conversations): Statement[] => [
  ...[sessionsSql(wanted), turnsSql(wanted), HEADS],
  ...[storedSessions(wanted), STORED_HEADS, STORED_TURNS, STORED_EVENTS, seenPeople(wanted)],
];
