import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, DriverAdapterError } from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm";
import { DatabaseError } from "pg";

const BINDINGS = "@prisma/schema-engine-wasm/schema_engine_bg";

type Bindings = typeof import("@prisma/schema-engine-wasm/schema_engine_bg") & {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
};

let loaded: Promise<typeof SchemaEngine> | undefined;

// The package's entry point imports the .wasm as an ES module, which Node 20 cannot do; so the module is
// instantiated by hand, the way the Prisma CLI does it. No bundler may see the import: it cannot handle it either.
async function load(): Promise<typeof SchemaEngine> {
  const require = createRequire(path.join(/* turbopackIgnore: true */ process.cwd(), "package.json"));
  const script = require.resolve(BINDINGS);
  const file = script.replace(/\.js$/, ".wasm");
  const bindings: Bindings = await import(/* turbopackIgnore: true */ pathToFileURL(script).href);
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    "./schema_engine_bg.js": bindings as unknown as WebAssembly.ModuleImports,
  });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return bindings.SchemaEngine;
}

// What the engine understands, so that it says what was wrong.
const toAdapterError = ({ code = "", severity = "", message, detail, column, hint }: DatabaseError) =>
  new DriverAdapterError({ kind: "postgres", code, severity, message, detail, column, hint });

/** Runs a migration as one script, so in one transaction. Prisma's own splits it at every semicolon, also at those
 *  inside a function's body. */
class ScriptPg extends PrismaPg {
  override async connect() {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      await adapter
        .underlyingDriver()
        .query(script)
        .catch((error: unknown) => {
          throw error instanceof DatabaseError ? toAdapterError(error) : error;
        });
    };
    return adapter;
  }
}

/** Opens Prisma's schema engine on the database at `url`. Needs no native binary and no download.
 *  The caller disposes it with `free()`. */
export async function openSchemaEngine(url: string): Promise<SchemaEngine> {
  loaded ??= load();
  const Engine = await loaded;
  const adapter = bindMigrationAwareSqlAdapterFactory(
    // The engine never ends its pool; idle connections must not keep the process alive.
    new ScriptPg({ connectionString: url, max: 1, idleTimeoutMillis: 1_000, allowExitOnIdle: true }),
  );
  return Engine.new({ datamodels: undefined }, () => {}, adapter);
}
