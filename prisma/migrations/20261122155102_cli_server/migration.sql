-- CreateTable
CREATE TABLE "CliServer" (
    "id" TEXT NOT NULL,
    "draining" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "CliServer_pkey" PRIMARY KEY ("id")
);
