-- AlterTable
ALTER TABLE "CopilotSession" ADD COLUMN     "tokenId" UUID;

-- AlterTable
ALTER TABLE "Turn" ADD COLUMN     "tokenId" UUID;

-- Unlogged: a request does not wait for a disk, and a crash only begins the counts anew. Rows change in place.
CREATE UNLOGGED TABLE "RequestCount" (
    "callerId" UUID NOT NULL,
    "count" INTEGER NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "RequestCount_pkey" PRIMARY KEY ("callerId")
) WITH (fillfactor = 50);

-- CreateTable
CREATE TABLE "OpenStream" (
    "id" UUID NOT NULL,
    "ownerId" UUID NOT NULL,
    "tokenId" UUID,
    "processId" TEXT NOT NULL,
    "openedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "OpenStream_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "OpenStream_ownerId_idx" ON "OpenStream"("ownerId");

-- AddForeignKey
ALTER TABLE "OpenStream" ADD CONSTRAINT "OpenStream_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was made with a token is a small part of all.
CREATE INDEX "CopilotSession_tokenId_idx" ON "CopilotSession" ("tokenId") WHERE "tokenId" IS NOT NULL;

-- Notes a stream of a person, opened with a token or without, where both have room for it; else answers who has not. One
-- at a time for a person, so that the quotas hold for streams that are opened at the same moment.
CREATE FUNCTION open_stream(
  stream uuid, person uuid, token uuid, process text, per_person integer, per_token integer)
RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7283122, hashtext(person::text));
  IF (SELECT count(*) FROM "OpenStream" WHERE "ownerId" = person) >= per_person THEN RETURN 'person'; END IF;
  IF token IS NOT NULL
     AND (SELECT count(*) FROM "OpenStream" WHERE "ownerId" = person AND "tokenId" = token) >= per_token THEN
    RETURN 'token';
  END IF;
  INSERT INTO "OpenStream" ("id", "ownerId", "tokenId", "processId") VALUES (stream, person, token, process);
  RETURN NULL;
END
$$;

-- Who has no room for one more stored session: the person, or the token that it would be made with; null: both have.
-- Counts no further than it has to. With a lock until the statement that asks has stored it.
CREATE FUNCTION sessions_full(person uuid, token uuid, per_person integer, per_token integer)
RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7283123, hashtext(person::text));
  IF (SELECT count(*) FROM (
        SELECT 1 FROM "CopilotSession" WHERE "ownerId" = person LIMIT per_person) c) >= per_person THEN
    RETURN 'person';
  END IF;
  IF token IS NOT NULL AND (SELECT count(*) FROM (
        SELECT 1 FROM "CopilotSession" WHERE "tokenId" = token LIMIT per_token) c) >= per_token THEN
    RETURN 'token';
  END IF;
  RETURN NULL;
END
$$;

-- Whether one more turn that was sent with a token may run or wait. With the lock of `admit_turn` and `queue_has_room`,
-- beside which it is asked.
CREATE FUNCTION token_has_room(token uuid, active_max integer)
RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7283115);
  RETURN (SELECT count(*) FROM "Turn" WHERE "status" IN ('queued', 'running') AND "tokenId" = token) < active_max;
END
$$;
