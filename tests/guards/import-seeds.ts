const ROOMS = [
  ...["audit", "usage", "accounts", "credentials", "providers", "api-tokens", "quotas", "fleet", "sessions"],
  ...["requests", "turns", "jobs", "schedules", "retention", "admin"],
];

/** A rule of .dependency-cruiser.cjs, and one import that it must report. */
export type ImportSeed = { rule: string; from: string; to: string; typeOnly?: boolean };

const seed = (rule: string, from: string, to: string): ImportSeed => ({ rule, from, to });

const rooms = ROOMS.flatMap((room, index): ImportSeed[] => {
  const next = ROOMS[index + 1];
  const other = ROOMS[index === 0 ? 1 : 0];
  const looksBack = next
    ? [
        seed(
          `room-${room}-looks-back-only`,
          `server/domain/${room}/seeded-forward.ts`,
          `server/domain/${next}/types`,
        ),
      ]
    : [];
  return [
    ...looksBack,
    seed(
      `room-${room}-by-the-door`,
      `server/domain/${room}/seeded-window.ts`,
      `server/domain/${other}/seeded-inside`,
    ),
  ];
});

export const IMPORT_SEEDS: ImportSeed[] = [
  seed("no-circular", "lib/seeded-a.ts", "lib/seeded-b"),
  seed("pages", "app/seeded-page.ts", "server/domain/sessions/types"),
  seed("api-routes", "app/api/seeded/route.ts", "server/domain/sessions/types"),
  seed("browser-code-stays-in-the-browser", "components/seeded-server.ts", "server/platform/clock"),
  seed("router-as-a-type-only", "client/seeded-router.ts", "server/trpc/root"),
  seed("client-below-components", "client/seeded-up.ts", "components/seeded-target"),
  seed("ui-knows-no-domain", "components/ui/seeded-domain.ts", "components/chat/seeded-target"),
  seed("runtime-is-the-root", "server/platform/seeded-root.ts", "server/runtime/seeded-target"),
  seed("edges-get-values-from-the-context", "server/trpc/seeded-value.ts", "server/domain/sessions/types"),
  {
    ...seed("edges-see-services", "server/trpc/seeded-inside.ts", "server/domain/sessions/seeded-inside"),
    typeOnly: true,
  },
  seed("edges-apart", "server/jobs/seeded-edge.ts", "server/trpc/seeded-target"),
  seed("rest-goes-through-the-procedures", "server/rest/seeded-service.ts", "server/domain/sessions/types"),
  ...rooms,
  seed("rooms-know-no-edge", "server/domain/turns/seeded-edge.ts", "server/trpc/seeded-target"),
  seed("rooms-see-adapters-as-types", "server/domain/turns/seeded-adapter.ts", "server/crypto/seeded-target"),
  seed("stores-know-only-the-database", "server/domain/audit/store.ts", "server/crypto/seeded-target"),
  seed("adapters-apart", "server/github/seeded-apart.ts", "server/crypto/seeded-target"),
  seed("adapters-know-no-room", "server/github/seeded-room.ts", "server/domain/sessions/types"),
  seed("platform-at-the-bottom", "server/platform/seeded-up.ts", "server/crypto/seeded-target"),
  seed("lib-is-the-floor", "lib/seeded-up.ts", "server/platform/clock"),
  seed("lib-runs-anywhere", "lib/seeded-node.ts", "node:fs"),
  seed("sdk-in-copilot-only", "server/github/seeded-sdk.ts", "@github/copilot-sdk"),
  seed("processes-in-copilot-only", "server/github/seeded-process.ts", "node:child_process"),
  seed("database-drivers-in-db-only", "server/github/seeded-pg.ts", "pg"),
  seed("job-queue-at-its-edge", "server/domain/jobs/seeded-queue.ts", "graphile-worker"),
  seed("embedded-postgres-outside-the-app", "server/db/seeded-embedded.ts", "server/db/embedded"),
  seed("production-imports-no-tools", "server/github/seeded-tool.ts", "tests/support/database"),
  seed("production-dependencies", "server/github/seeded-dev.ts", "fast-check"),
  seed("the-client-package-stands-alone", "packages/client/src/seeded-out.ts", "lib/csv"),
  seed("resolvable", "lib/seeded-nowhere.ts", "lib/there-is-no-such-file"),
];

const isOurs = (to: string) => /^(app|components|client|lib|server|tests)\//.test(to);

/** The files that hold the seeded imports, and the targets that the project may not have yet. */
export function importSeedFiles(exists: (file: string) => boolean): Record<string, string> {
  const files: Record<string, string> = { "lib/seeded-b.ts": 'export * from "@/lib/seeded-a";\n' };
  for (const { from, to, typeOnly } of IMPORT_SEEDS) {
    const target = isOurs(to) ? `@/${to}` : to;
    files[from] = `${typeOnly ? "export type" : "export"} * from "${target}";\n`;
    const file = `${to}.ts`;
    if (isOurs(to) && !to.includes("no-such") && !exists(file)) files[file] ??= "export const seeded = 1;\n";
  }
  return files;
}
