import { defineConfig } from "@playwright/test";

const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "journeys",
  projects: [
    { name: "journeys", testIgnore: /bad-luck|seeded/ },
    // They fill the database, and others begin with an empty one.
    { name: "seeded", testMatch: /seeded\/.*\.spec\.ts/ },
    // They break parts that all share, so they come last.
    { name: "bad-luck", testMatch: /bad-luck\/.*\.spec\.ts/ },
  ],
  outputDir: "../test-results",
  globalSetup: "./support/global-setup.ts",
  // One journey at a time: they share one stack, and some of them kill parts of it.
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  use: {
    baseURL: process.env.FLIGHTDECK_E2E_URL,
    browserName: "chromium",
    screenshot: "only-on-failure",
    // Recording the screen all the time would cost more than the journeys themselves.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: true, sources: false },
    launchOptions: {
      executablePath: process.env.FLIGHTDECK_BROWSER,
      // Chromium's sandbox needs a user other than root.
      args: isRoot ? ["--no-sandbox"] : [],
    },
  },
});
