-- CreateEnum
CREATE TYPE "RetentionKind" AS ENUM ('age', 'idle', 'archived', 'never_used');

-- CreateEnum
CREATE TYPE "HoldTarget" AS ENUM ('session', 'person');

-- CreateEnum
CREATE TYPE "RetentionRunState" AS ENUM ('running', 'completed', 'failed');

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "mappedRole" "Role",
ADD COLUMN     "membershipAt" TIMESTAMPTZ(3),
ADD COLUMN     "suspendedAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "SessionHead" ADD COLUMN     "moveTo" TEXT;

-- AlterTable
ALTER TABLE "Process" ADD COLUMN     "watches" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "CliServer" ADD COLUMN     "added" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "removedAt" TIMESTAMPTZ(3),
ADD COLUMN     "token" TEXT;

-- AlterTable
ALTER TABLE "Turn" ADD COLUMN     "firstTextAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "UsageHour" (
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "status" "TurnStatus" NOT NULL,
    "code" TEXT NOT NULL,
    "turns" INTEGER NOT NULL,
    "firstTextMs" INTEGER[],

    CONSTRAINT "UsageHour_pkey" PRIMARY KEY ("hour","status","code")
);

-- CreateTable
CREATE TABLE "UsagePersonDay" (
    "day" DATE NOT NULL,
    "ownerId" UUID NOT NULL,
    "turns" INTEGER NOT NULL,

    CONSTRAINT "UsagePersonDay_pkey" PRIMARY KEY ("day","ownerId")
);

-- CreateTable
CREATE TABLE "RetentionRule" (
    "id" UUID NOT NULL,
    "kind" "RetentionKind" NOT NULL,
    "role" "Role",
    "days" INTEGER NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RetentionRule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RetentionHold" (
    "targetType" "HoldTarget" NOT NULL,
    "targetId" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "heldBy" TEXT NOT NULL,
    "heldAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RetentionHold_pkey" PRIMARY KEY ("targetType","targetId")
);

-- CreateTable
CREATE TABLE "RetentionRun" (
    "id" UUID NOT NULL,
    "state" "RetentionRunState" NOT NULL DEFAULT 'running',
    "startedBy" TEXT,
    "processId" TEXT,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMPTZ(3),
    "sessions" INTEGER NOT NULL DEFAULT 0,
    "events" INTEGER NOT NULL DEFAULT 0,
    "orphanFiles" INTEGER NOT NULL DEFAULT 0,
    "orphanRows" INTEGER NOT NULL DEFAULT 0,
    "longestBatchMs" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,

    CONSTRAINT "RetentionRun_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "RetentionRun_startedAt_idx" ON "RetentionRun"("startedAt" DESC);

-- CreateIndex
CREATE INDEX "CopilotSession_lastActivityAt_id_idx" ON "CopilotSession"("lastActivityAt" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "CopilotSession_createdAt_id_idx" ON "CopilotSession"("createdAt" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "CopilotSession_model_lastActivityAt_id_idx" ON "CopilotSession"("model", "lastActivityAt" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "SessionHead_cliServer_idx" ON "SessionHead"("cliServer");

-- CreateIndex
CREATE INDEX "Turn_endedAt_idx" ON "Turn"("endedAt");

-- Words in titles are found by their trigrams. The extension comes with Postgres (Debian: postgresql-contrib), and the
-- owner of a database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE INDEX "CopilotSession_title_idx" ON "CopilotSession" USING gin ("title" gin_trgm_ops);
