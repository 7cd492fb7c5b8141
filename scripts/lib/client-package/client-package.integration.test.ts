import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PROCEDURES } from "@/server/trpc/root";
import { buildClient, CLIENT_DIR, formatted, ROUTER_FILE } from "./build";
import { routerText } from "./router-text";

/** The compiler looks at the whole server; on a busy machine that takes a while. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const run = promisify(execFile);
const root = process.cwd();

/** Below the project, so that the package finds its dependencies, and no build of somebody else's is in the way. */
let folder: string;
let dist: string;
const at = (...parts: string[]) => path.join(folder, ...parts);

const CONSUMER = `
import { type AnswerPiece, createFlightdeck, FlightdeckError, type WireEvent } from "flightdeck-client";

const { api, ask, watch } = createFlightdeck({ url: "http://localhost:3000", token: "t" });

export async function use(sessionId: string): Promise<string> {
  const { items } = await api.sessions.list.query({ query: "x" });
  const newest: Date | undefined = items[0]?.lastActivityAt;
  await api.sessions.list.query();
  await api.turns.abort.mutate({ sessionId });
  // @ts-expect-error a title is a text
  await api.sessions.update.mutate({ sessionId, title: 1 });
  // @ts-expect-error a subscription is followed by watch
  api.sessions.watch;
  for await (const event of watch({ sessionId, afterSeq: 3 })) {
    const same: WireEvent = event;
    if (event.type === "assistant.delta") console.log(event.data.text, same.seq);
  }
  const answer = ask("hi", { sessionId, model: "m", signal: AbortSignal.timeout(5), idempotencyKey: "k" });
  const pieces: AnswerPiece[] = [];
  for await (const piece of answer) pieces.push(piece);
  try {
    return await answer.text;
  } catch (error) {
    if (error instanceof FlightdeckError && error.code === "rate_limited") return \`\${newest} \${error.http}\`;
    throw error;
  }
}
`;

// One by one, so that the compiler names the procedure that differs.
const EACH_EQUAL = Object.keys(PROCEDURES)
  .map((name) =>
    name
      .split(".")
      .map((step) => `["${step}"]`)
      .join(""),
  )
  .flatMap((at) => [
    `expectTypeOf<Inputs${at}>().toEqualTypeOf<RouterInputs${at}>();`,
    `expectTypeOf<Outputs${at}>().toEqualTypeOf<RouterOutputs${at}>();`,
  ])
  .join("\n");

const EQUAL = `
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { AppRouter, ErrorCode, TurnFailureCode, WireEvent } from "flightdeck-client";
import { expectTypeOf } from "vitest";
import type * as table from "@/lib/errors/table";
import type * as failures from "@/lib/errors/turn-failures";
import type * as wire from "@/lib/events/wire";
import type { RouterInputs, RouterOutputs } from "@/scripts/lib/client-package/router-types";

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;
${EACH_EQUAL}
expectTypeOf<WireEvent>().toEqualTypeOf<wire.WireEvent>();
expectTypeOf<ErrorCode>().toEqualTypeOf<table.ErrorCode>();
expectTypeOf<TurnFailureCode>().toEqualTypeOf<failures.TurnFailureCode>();

type Changed = Omit<RouterOutputs["turns"]["send"], "seq"> & { seq: string };
// @ts-expect-error one field of one answer is another
expectTypeOf<Outputs["turns"]["send"]>().toEqualTypeOf<Changed>();
`;

/** What the compiler has to say about `project`. */
async function complaints(project: string): Promise<string> {
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
  const told = (error: { stdout?: string }) => error.stdout ?? String(error);
  return run(process.execPath, [tsc, "-p", project], { cwd: root }).then(() => "", told);
}

async function project(name: string, files: Record<string, unknown>): Promise<string> {
  await mkdir(at(name, "node_modules"), { recursive: true });
  await symlink(at("package"), at(name, "node_modules", "flightdeck-client"));
  for (const [file, content] of Object.entries(files)) {
    await writeFile(at(name, file), typeof content === "string" ? content : JSON.stringify(content));
  }
  return at(name);
}

beforeAll(async () => {
  const parent = path.join(root, ".data", "test");
  await mkdir(parent, { recursive: true });
  folder = await mkdtemp(path.join(parent, "client-"));
  dist = at("package", "dist");
  await buildClient(root, dist);
  for (const name of ["package.json", "README.md"])
    await cp(path.join(root, CLIENT_DIR, name), at("package", name));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("the contract in the repository is the router's: else run npm run client:build", async () => {
  expect(await readFile(ROUTER_FILE, "utf8")).toBe(formatted(root, routerText(root, PROCEDURES)));
});

describe("the package", () => {
  it("holds code, types and its README, and nothing else", async () => {
    const { stdout } = await run("npm", ["pack", "--dry-run", "--ignore-scripts", "--json"], {
      cwd: at("package"),
    });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const names = files.map((file) => file.path);
    expect(names).toEqual(
      expect.arrayContaining(["dist/index.js", "dist/index.d.ts", "README.md", "package.json"]),
    );
    expect(
      names.filter((name) => !/^(README\.md|package\.json|dist\/[\w/-]+(\.d\.ts|\.js))$/.test(name)),
    ).toEqual([]);
  });

  it("imports itself and its dependencies alone", async () => {
    const { dependencies } = JSON.parse(await readFile(at("package", "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const names = await readdir(dist, { recursive: true });
    const texts = await Promise.all(
      names.filter((name) => /\.(js|ts)$/.test(name)).map((name) => readFile(path.join(dist, name), "utf8")),
    );
    const imported = texts.flatMap((text) =>
      [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name = ""]) => name),
    );
    const outside = [...new Set(imported)].filter((name) => !name.startsWith("."));
    expect(outside.length).toBeGreaterThan(3);
    const isAllowed = (name: string) =>
      Object.keys(dependencies).some((allowed) => name === allowed || name.startsWith(`${allowed}/`));
    expect(outside.filter((name) => !isAllowed(name))).toEqual([]);
    expect(imported.filter((name) => name.startsWith(".") && !name.endsWith(".js"))).toEqual([]);
  });

  it.each([
    // tRPC's own declarations speak of things to dispose of.
    ["a browser's types", { lib: ["ES2022", "ESNext.Disposable", "DOM", "DOM.Iterable"], types: [] }],
    ["those of Node", { lib: ["ES2023"], types: ["node"] }],
  ])("type-checks where it is used, down to its last declaration, with %s", async (name, globals) => {
    const compilerOptions = {
      ...{ target: "ES2022", module: "NodeNext", moduleResolution: "NodeNext", noEmit: true },
      ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, ...globals },
    };
    const consumer = await project(`consumer of ${name}`, {
      "package.json": { type: "module" },
      "tsconfig.json": { compilerOptions, files: ["main.ts"] },
      "main.ts": CONSUMER,
    });
    // What tRPC's own declarations miss is none of ours.
    const ours = (await complaints(consumer))
      .split("\n")
      .filter((line) => !line.includes("node_modules/@trpc/"));
    expect(ours.join("\n")).toBe("");
  });

  it("has the router's types", async () => {
    const compilerOptions = { incremental: false, paths: { "@/*": [`${root}/*`] }, plugins: [] };
    const equal = await project("equal", {
      "tsconfig.json": {
        ...{ extends: path.join(root, "tsconfig.json"), compilerOptions },
        ...{ files: ["equal.ts"], include: [] },
      },
      "equal.ts": EQUAL,
    });
    expect(await complaints(equal)).toBe("");
  });

  it("runs in plain Node", async () => {
    const consumer = await project("runs", { "package.json": { type: "module" } });
    const script = `import { createFlightdeck, FlightdeckError } from "flightdeck-client";
      const { api } = createFlightdeck({ url: "http://127.0.0.1:1", token: "t" });
      const error = await api.me.get.query().catch((reason) => reason);
      console.log(error instanceof FlightdeckError, error.code);`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: consumer });
    expect(stdout).toBe("true unreachable\n");
  });
});

it("the examples type-check with it", async () => {
  const config = { extends: path.join(root, "examples", "tsconfig.json"), include: ["*/src"] };
  const examples = await project("examples", { "tsconfig.json": config });
  await cp(path.join(root, "examples"), examples, {
    recursive: true,
    filter: (source) => !/node_modules|tsconfig\.json$/.test(path.relative(root, source)),
  });
  expect(await complaints(examples)).toBe("");
});
