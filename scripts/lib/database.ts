import path from "node:path";
import { runningEmbeddedUrl, startEmbeddedPostgres } from "@/server/db/embedded";
import type { Loaded } from "./settings";

/** Runs `work` on the installation's database: the one of DATABASE_URL, else the embedded one, which is started for as
 *  long as that takes where Flightdeck does not run. */
export async function withDatabase<T>(
  { env, dataDir }: Pick<Loaded, "env" | "dataDir">,
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (env.DATABASE_URL) return work(env.DATABASE_URL);
  const embeddedDir = path.join(dataDir, "postgres");
  const running = await runningEmbeddedUrl(embeddedDir);
  if (running) return work(running);
  const postgres = await startEmbeddedPostgres({ dataDir: embeddedDir });
  try {
    return await work(postgres.url);
  } finally {
    await postgres.stop();
  }
}
