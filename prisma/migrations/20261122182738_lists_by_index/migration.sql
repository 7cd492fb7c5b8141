-- DropIndex
DROP INDEX "CopilotSession_ownerId_archivedAt_lastActivityAt_id_idx";

-- The lists of a person, newest activity first. Partial, because an index that has "archivedAt" as a column gives no
-- order below it for IS NULL, and the whole list had to be sorted (Prisma's schema cannot express a partial index).
CREATE INDEX "CopilotSession_current_idx" ON "CopilotSession" ("ownerId", "lastActivityAt" DESC, "id" DESC)
  WHERE "archivedAt" IS NULL;
CREATE INDEX "CopilotSession_archived_idx" ON "CopilotSession" ("ownerId", "lastActivityAt" DESC, "id" DESC)
  WHERE "archivedAt" IS NOT NULL;

-- For what asks without regard to the archive, as the deletion of a person does.
CREATE INDEX "CopilotSession_ownerId_idx" ON "CopilotSession"("ownerId");
