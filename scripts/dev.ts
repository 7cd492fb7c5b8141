// Run while working on the code: `npm run dev`. The app reloads as files change. Without GITHUB_CLIENT_ID it signs in
// against the stand-in for GitHub, as the demo does. Data is in .data/dev.
import { existsSync } from "node:fs";
import path from "node:path";
import { freePort } from "./lib/ports";
import { serve } from "./lib/serve";
import { loadSettings, requireFreePort } from "./lib/settings";
import { startSimulators } from "./lib/simulators";
import { systemEnv } from "./lib/stack";

const STAND_IN = {
  FLIGHTDECK_DEMO: "1",
  HOSTNAME: "127.0.0.1",
  GITHUB_CLIENT_ID: "flightdeck-demo",
  GITHUB_CLIENT_SECRET: "flightdeck-demo-secret",
  ADMIN_LOGINS: "mona",
};

if (existsSync(".env")) process.loadEnvFile(".env");
const simulatorPort = process.env.GITHUB_CLIENT_ID ? undefined : await freePort();
const standIn = simulatorPort ? { ...STAND_IN, GITHUB_URL: `http://127.0.0.1:${simulatorPort}` } : {};
const loaded = await loadSettings({ DATA_DIR: path.join(".data", "dev"), ...standIn });
await requireFreePort(loaded.settings);
const { HOSTNAME, PORT } = loaded.settings;
const next = path.join("node_modules", "next", "dist", "bin", "next");
await serve({
  ...loaded,
  args: [next, "dev", "--hostname", HOSTNAME, "--port", String(PORT)],
  async companions(book, parts) {
    if (simulatorPort === undefined) return;
    const logDir = path.join(loaded.dataDir, "logs");
    const { service } = await startSimulators({ env: systemEnv(), logDir, book, githubPort: simulatorPort });
    parts.push(service);
  },
});
