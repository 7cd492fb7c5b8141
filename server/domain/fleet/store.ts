import type { Db } from "@/server/db/client";

export type FleetStore = {
  /** Ids of the servers that get nothing new. */
  draining(): Promise<string[]>;
  setDraining(id: string, draining: boolean): Promise<void>;
};

export function createFleetStore(db: Db): FleetStore {
  return {
    draining: async () => (await db.cliServer.findMany({ where: { draining: true } })).map(({ id }) => id),
    async setDraining(id, draining) {
      await db.cliServer.upsert({ where: { id }, create: { id, draining }, update: { draining } });
    },
  };
}
