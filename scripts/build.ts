// Run to build the app for production: `npm run build`. Does nothing where the sources did not change since the
// last build; `npm start` and `npm run demo` call it themselves.
import { buildApp } from "./lib/build";
import { messageOf, step } from "./lib/steps";

try {
  await step(
    "Building the app",
    () => buildApp(process.cwd()),
    ({ built }) => (built ? "" : "up to date"),
  );
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
