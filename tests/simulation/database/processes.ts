import type { Db } from "@/server/db/client";
import type { DbClient, ModelDatabase } from "./model-database";

/** What `createProcesses` and the fleet's store ask the database for: who is there, and which servers are draining. */
export function createProcessDb(
  database: ModelDatabase,
  client: DbClient,
  isPresent: (processId: string) => boolean,
): Db {
  const { processes, heads } = database.tables;
  const look = () =>
    database.query(client, "who is there", () =>
      [...processes].map(([id, role]) => ({ id, role, isPresent: isPresent(id) })),
    );
  const free = (_: TemplateStringsArray, ids: string[]) =>
    database.query(client, "free the leases of who is gone", () => {
      const gone = new Set(ids.filter((id) => processes.delete(id)));
      const freed = [...heads.values()].filter(
        ({ leaseOwner }) => leaseOwner !== null && gone.has(leaseOwner),
      );
      for (const head of freed) Object.assign(head, { leaseOwner: null, leaseExpiresAt: null });
      return freed.length;
    });
  const db = {
    $direct: look,
    $executeRaw: free,
    process: {
      createMany: ({ data }: { data: { id: string; role: "web" | "worker" | "all" }[] }) =>
        database.query(client, "here I am", () => {
          for (const { id, role } of data) if (!processes.has(id)) processes.set(id, role);
        }),
      deleteMany: ({ where }: { where: { id: string } }) =>
        database.query(client, "I leave", () => processes.delete(where.id)),
    },
  };
  return db as unknown as Db;
}
