// Run to bring server/db/generated up to date after a change of prisma/schema.prisma: `npm run prisma:generate`.
// The work is done in scripts/run.mjs, before any command.
console.log("The database client in server/db/generated is up to date.");
