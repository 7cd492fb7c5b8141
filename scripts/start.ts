// Run to serve Flightdeck for real: `npm start`, with settings in .env or the environment (see .env.example).
// Builds the app where its sources changed, runs an embedded Postgres where DATABASE_URL is unset, and starts the app
// again when it crashes. SIGTERM or Ctrl-C lets running work finish and ends it.
import { buildApp } from "./lib/build";
import { serve } from "./lib/serve";
import { loadSettings, requireFreePort } from "./lib/settings";
import { step } from "./lib/steps";

const loaded = await loadSettings({});
await requireFreePort(loaded.settings);
loaded.env.NODE_ENV = "production";
await serve({
  ...loaded,
  async prepare() {
    await step(
      "Building the app",
      () => buildApp(process.cwd()),
      ({ built }) => (built ? "" : "up to date"),
    );
  },
});
