/** @type {import("next").NextConfig} */
const config = {
  output: "standalone",
  // This folder, whatever lies above it: a lockfile in a parent would otherwise move server.js somewhere else.
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  poweredByHeader: false,
  // Loaded from node_modules as they are: a socket protocol, a .wasm, a queue and its driver, and a logger with workers.
  serverExternalPackages: [
    "@github/copilot-sdk",
    "@prisma/schema-engine-wasm",
    "graphile-worker",
    "pg",
    "pino",
  ],
  // Read at start by path, which the tracer cannot see.
  outputFileTracingIncludes: {
    "/*": ["./prisma/migrations/**", "./node_modules/@prisma/schema-engine-wasm/**"],
  },
  outputFileTracingExcludes: { "/*": ["./.data/**", "./node_modules/@github/copilot-sdk-*/**"] },
  // Browsers ask for it by themselves where they have not come to the link to the icon yet.
  rewrites: async () => [{ source: "/favicon.ico", destination: "/icon.svg" }],
  headers: async () => [
    { source: "/:path*", headers: [{ key: "X-Content-Type-Options", value: "nosniff" }] },
    {
      // What is said of documents; scripts and styles, of which a page has many, would only weigh more.
      source: "/((?!_next/static/).*)",
      headers: [
        { key: "Referrer-Policy", value: "same-origin" },
        { key: "X-Frame-Options", value: "DENY" },
        { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=()" },
      ],
    },
  ],
  experimental: {
    // Stack traces can be read as they are, and a build takes a quarter less time.
    serverMinification: false,
    serverSourceMaps: false,
    // Writing the cache takes a quarter of the first build, which is the one that people wait for.
    turbopackFileSystemCacheForBuild: false,
  },
  // `npm run check` checks the types; doing it again would double the time of a build.
  typescript: { ignoreBuildErrors: true },
};

export default config;
