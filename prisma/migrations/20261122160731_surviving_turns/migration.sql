-- CreateEnum
CREATE TYPE "ProcessRole" AS ENUM ('web', 'worker', 'all');

-- AlterTable
ALTER TABLE "SessionHead" ADD COLUMN     "memoryFromSeq" INTEGER,
ADD COLUMN     "standby" TEXT,
ADD COLUMN     "standbyFence" INTEGER;

-- AlterTable
ALTER TABLE "Turn" ADD COLUMN     "takeUps" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "Process" (
    "id" TEXT NOT NULL,
    "role" "ProcessRole" NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Process_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "CliServer" (
    "id" TEXT NOT NULL,
    "draining" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "CliServer_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "SessionHead_standby_idx" ON "SessionHead"("standby");
