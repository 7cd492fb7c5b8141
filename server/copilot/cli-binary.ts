import { createRequire } from "node:module";
import path from "node:path";

/** Path of the Copilot CLI binary of the npm package `@github/copilot` for this platform. The package's own
 *  launcher is not used: it runs the binary synchronously and passes no signals on.
 *  Throws where the package is not installed (then set CLI_URL to servers that run elsewhere). */
export function cliBinary(): string {
  const require = createRequire(path.join(/* turbopackIgnore: true */ process.cwd(), "package.json"));
  const platforms = process.platform === "linux" ? ["linux", "linuxmusl"] : [process.platform];
  for (const platform of platforms) {
    try {
      return require.resolve(`@github/copilot-${platform}-${process.arch}`);
    } catch {
      // Not this variant; the next one, or the error below.
    }
  }
  throw new Error(
    `The Copilot CLI is not installed for ${process.platform}-${process.arch}. Install the dependencies again, or set CLI_URL to running servers.`,
  );
}
