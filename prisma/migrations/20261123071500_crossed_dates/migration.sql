-- Sessions by one of their dates in the order of the other. The extension comes with Postgres (Debian:
-- postgresql-contrib), and the owner of a database may create it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE INDEX "CopilotSession_dates_idx" ON "CopilotSession" USING gist ("createdAt", "lastActivityAt");
