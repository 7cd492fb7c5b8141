-- AlterTable
ALTER TABLE "CopilotSession" ADD COLUMN     "idempotencyKey" TEXT;

-- Most sessions have no key.
CREATE UNIQUE INDEX "CopilotSession_ownerId_idempotencyKey_key" ON "CopilotSession" ("ownerId", "idempotencyKey")
WHERE "idempotencyKey" IS NOT NULL;
