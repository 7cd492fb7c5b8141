-- AlterTable
ALTER TABLE "SessionHead" ADD COLUMN     "cliSession" TEXT;

-- AlterTable
ALTER TABLE "SessionTombstone" DROP CONSTRAINT "SessionTombstone_pkey",
ALTER COLUMN "sessionId" SET DATA TYPE TEXT,
ADD CONSTRAINT "SessionTombstone_pkey" PRIMARY KEY ("sessionId");
