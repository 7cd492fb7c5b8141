-- CreateEnum
CREATE TYPE "ProcessRole" AS ENUM ('web', 'worker', 'all');

-- AlterTable
ALTER TABLE "SessionHead" ADD COLUMN     "standby" TEXT,
ADD COLUMN     "standbyFence" INTEGER;

-- CreateTable
CREATE TABLE "Process" (
    "id" TEXT NOT NULL,
    "role" "ProcessRole" NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Process_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "SessionHead_standby_idx" ON "SessionHead"("standby");
