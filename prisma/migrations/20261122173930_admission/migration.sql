-- AlterTable
ALTER TABLE "Turn" ADD COLUMN     "cliServer" TEXT,
ADD COLUMN     "position" INTEGER;

-- Turns that wait, and their place in the queue. A person's share is what they would have running if this turn had
-- started: the smaller share goes first, so nobody waits for another person's many prompts. `isNext`: the person's own
-- limit lets it start; the place of any other is the one among the person's own.
CREATE FUNCTION waiting_turns(per_person integer)
RETURNS TABLE ("turnId" uuid, "sessionId" uuid, "share" bigint, "isNext" boolean, "position" bigint)
LANGUAGE sql STABLE AS $$
  WITH running AS (
    SELECT s."ownerId", count(*) AS turns
    FROM "Turn" t JOIN "CopilotSession" s ON s."id" = t."sessionId"
    WHERE t."status" = 'running' GROUP BY s."ownerId"),
  waiting AS (
    SELECT t."id", t."sessionId", t."createdAt", s."ownerId",
           COALESCE(r.turns, 0)
             + row_number() OVER (PARTITION BY s."ownerId" ORDER BY t."createdAt", t."id") AS share
    FROM "Turn" t JOIN "CopilotSession" s ON s."id" = t."sessionId"
    LEFT JOIN running r ON r."ownerId" = s."ownerId"
    WHERE t."status" = 'queued')
  SELECT w."id", w."sessionId", w.share, w.share <= per_person,
         row_number() OVER (
           PARTITION BY w.share <= per_person, CASE WHEN w.share > per_person THEN w."ownerId" END
           ORDER BY w.share, w."createdAt", w."id")
  FROM waiting w
$$;

-- How many more turns each of these CLI servers may run, in the order in which they were named.
CREATE FUNCTION room_on_servers(servers text[], per_server integer)
RETURNS TABLE ("server" text, "room" bigint, "n" bigint)
LANGUAGE sql STABLE AS $$
  SELECT s.id, GREATEST(0, per_server - count(t."id")), s.n
  FROM unnest(servers) WITH ORDINALITY AS s(id, n)
  LEFT JOIN "Turn" t ON t."status" = 'running' AND t."cliServer" = s.id
  GROUP BY s.id, s.n
$$;

-- The CLI server on which a turn may start now, `preferred` where that has room, else the one with most; null where it has to wait. `turn` may
-- be one that is not stored yet: it comes after all who wait with the same share. VOLATILE, so that what it reads is
-- what others have committed by the time it has the lock, and one at a time until the caller's statement ends.
CREATE FUNCTION admit_turn(
  turn uuid, person uuid, preferred text, servers text[], per_server integer, per_person integer)
RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  place record;
  own_share bigint;
  free bigint;
  chosen text;
BEGIN
  PERFORM pg_advisory_xact_lock(7283115);
  SELECT sum(r."room"),
         (array_agg(r."server" ORDER BY COALESCE(r."server" = preferred, false) DESC, r."room" DESC, r."n")
            FILTER (WHERE r."room" > 0))[1]
  INTO free, chosen FROM room_on_servers(servers, per_server) r;
  IF chosen IS NULL THEN RETURN NULL; END IF;

  SELECT w."isNext", w."position" INTO place FROM waiting_turns(per_person) w WHERE w."turnId" = turn;
  IF NOT FOUND THEN
    SELECT count(*) + 1 INTO own_share
    FROM "Turn" t JOIN "CopilotSession" s ON s."id" = t."sessionId"
    WHERE s."ownerId" = person AND t."status" IN ('queued', 'running');
    SELECT own_share <= per_person AS "isNext", count(*) + 1 AS "position" INTO place
    FROM waiting_turns(per_person) w WHERE w."isNext" AND w."share" <= own_share;
  END IF;
  RETURN CASE WHEN place."isNext" AND place."position" <= free THEN chosen END;
END
$$;

-- Whether one more turn may wait: `waiting_max` in all, and of one person `active_max` that wait or run. With the same
-- lock as above, so that the limits hold for prompts that come at the same moment.
CREATE FUNCTION queue_has_room(person uuid, waiting_max integer, active_max integer)
RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7283115);
  RETURN (SELECT count(*) FROM "Turn" WHERE "status" = 'queued') < waiting_max
     AND (SELECT count(*) FROM "Turn" t JOIN "CopilotSession" s ON s."id" = t."sessionId"
          WHERE s."ownerId" = person AND t."status" IN ('queued', 'running')) < active_max;
END
$$;
