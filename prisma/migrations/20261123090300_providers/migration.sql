-- CreateEnum
CREATE TYPE "ProviderKind" AS ENUM ('openai', 'azure', 'anthropic', 'compatible');

-- CreateEnum
CREATE TYPE "WireApi" AS ENUM ('completions', 'responses', 'messages');

-- CreateTable
CREATE TABLE "Provider" (
    "id" UUID NOT NULL,
    "ownerId" UUID,
    "name" TEXT NOT NULL,
    "kind" "ProviderKind" NOT NULL,
    "wireApi" "WireApi" NOT NULL,
    "baseUrl" TEXT NOT NULL,
    "azureApiVersion" TEXT,
    "key" TEXT,
    "headerNames" TEXT[],
    "headers" TEXT,
    "models" JSONB NOT NULL,
    "disabled" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Provider_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Provider_ownerId_idx" ON "Provider"("ownerId");

-- AddForeignKey
ALTER TABLE "Provider" ADD CONSTRAINT "Provider_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
