import path from "node:path";
import { freePort } from "./ports";
import { endLeftovers, openProcessBook, type ProcessBook } from "./process-book";
import { keepRunning, type Service, startService } from "./service";
import type { Loaded } from "./settings";
import { onShutdown, sayStopping } from "./shutdown";
import { launchApp, launchPostgres } from "./stack";
import { messageOf, note, step } from "./steps";

type ServeOptions = Loaded & {
  /** Runs before anything is started: a build, for instance. */
  prepare?: () => Promise<void>;
  /** Starts parts that the app needs besides the database, and adds them to `parts`. */
  companions?: (book: ProcessBook, parts: Service[]) => Promise<void>;
  /** Arguments for Node; unset: the built server. */
  args?: string[];
};

/** Runs the app until it is asked to end: the embedded Postgres where DATABASE_URL is unset, then the app, started
 *  again when it crashes. Ends the app first and lets it finish, the database last. */
export async function serve(options: ServeOptions): Promise<void> {
  const { dataDir, settings } = options;
  const bookDir = path.join(dataDir, "processes");
  const parts: Service[] = [];
  let book: ProcessBook | undefined;
  let stopping = false;
  const shutdown = onShutdown(async (reason) => {
    stopping = true;
    sayStopping(reason);
    for (const part of parts.splice(0).reverse()) await part.stop();
    // What was still being started.
    if (book) await endLeftovers(bookDir);
    book?.close();
  });
  const keeper = {
    onRestart: (name: string, reason: string) => note(`${name} ${reason}; starting it again.`),
    onGiveUp(name: string, reason: string) {
      note(`${name} ${reason}, again and again; giving up.`);
      shutdown("a part that does not stay up", 1);
    },
  };
  try {
    await options.prepare?.();
    const left = await endLeftovers(bookDir);
    if (left.length > 0) note(`Ended what an earlier run left behind: ${left.join(", ")}.`);
    const opened = openProcessBook(bookDir);
    book = opened;
    const env = { ...options.env };
    if (env.DATABASE_URL === undefined) {
      const port = await freePort();
      const start = () =>
        startService("postgres", async () => {
          const running = await launchPostgres(path.join(dataDir, "postgres"), port, opened);
          env.DATABASE_URL = running.url;
          return running;
        });
      parts.push(await step("Postgres", start));
    }
    await options.companions?.(opened, parts);
    const host = ["0.0.0.0", "::"].includes(settings.HOSTNAME) ? "127.0.0.1" : settings.HOSTNAME;
    const readyUrl = `http://${host}:${settings.PORT}/api/health`;
    const { args } = options;
    parts.push(await startService("app", () => launchApp({ env, book: opened, readyUrl, args })));
    for (const part of parts) keepRunning(part, keeper);
    note(`Flightdeck is running: ${settings.APP_URL}`);
  } catch (error) {
    if (stopping) return;
    console.error(messageOf(error));
    shutdown("a part that did not start", 1);
  }
}
