-- Words in titles, of one person's sessions or of all: the index takes either column alone too. With trigrams alone, a
-- word was looked up in everybody's titles, and the person's sessions were read beside it. The extension comes with
-- Postgres (Debian: postgresql-contrib), and the owner of a database may create it.
CREATE EXTENSION IF NOT EXISTS btree_gin;

DROP INDEX "CopilotSession_title_idx";

CREATE INDEX "CopilotSession_ownerId_title_idx" ON "CopilotSession" USING gin ("ownerId", "title" gin_trgm_ops);
