import path from "node:path";
import ts from "typescript";
import { TypeText } from "./type-text";

/** What is read of a procedure of the router. */
export type Declared = { _def: { type: "query" | "mutation" | "subscription" } };

/** Files whose exported types give the contract its names. */
const NAMING = /\/lib\/(contracts\/[\w-]+|events\/wire|errors\/(table|turn-failures))\.ts$/;
/** Exported whether a procedure mentions them or not: `error.ts` of the package does. */
const ALWAYS = ["ErrorCode", "TurnFailureCode"];
const TYPES = path.join("scripts", "lib", "client-package", "router-types.ts");
const KINDS = { query: "Query", mutation: "Mutation", subscription: "Subscription" } as const;

const HEAD = `// Written by \`node scripts/run.mjs client\` from the server's router; do not edit.
import type { Mutation, Query, Subscription } from "../procedure.js";
`;

function loadProgram(projectDir: string): ts.Program {
  const { config } = ts.readConfigFile(path.join(projectDir, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, projectDir);
  const names = ["events/wire.ts", "errors/table.ts", "errors/turn-failures.ts"];
  return ts.createProgram({
    rootNames: [TYPES, ...names.map((name) => path.join("lib", name))].map((name) =>
      path.join(projectDir, name),
    ),
    options: { ...options, noEmit: true, incremental: false },
  });
}

function exportsOf(checker: ts.TypeChecker, file: ts.SourceFile): Map<string, ts.Type> {
  const module = checker.getSymbolAtLocation(file);
  const symbols = module ? checker.getExportsOfModule(module) : [];
  const aliases = symbols.filter(({ flags }) => (flags & ts.SymbolFlags.TypeAlias) !== 0);
  const plain = aliases.filter(
    ({ declarations }) =>
      !declarations?.some((each) => ts.isTypeAliasDeclaration(each) && each.typeParameters),
  );
  return new Map(plain.map((symbol) => [symbol.name, checker.getDeclaredTypeOfSymbol(symbol)]));
}

type Tree = Map<string, Tree | string>;

function plant(tree: Tree, steps: readonly string[], leaf: string): void {
  const [step = "", ...rest] = steps;
  if (rest.length === 0) {
    tree.set(step, leaf);
    return;
  }
  const branch = tree.get(step);
  const next: Tree = branch instanceof Map ? branch : new Map();
  tree.set(step, next);
  plant(next, rest, leaf);
}

const treeText = (tree: Tree): string =>
  `{ ${[...tree].map(([name, node]) => `${name}: ${node instanceof Map ? treeText(node) : node}`).join("; ")} }`;

/** The router's contract as TypeScript text that needs no file of the server: every procedure with what it takes and what
 *  it answers, spelled out, and the named types among them. Not formatted. The same for the same contract. */
export function routerText(projectDir: string, procedures: Record<string, Declared>): string {
  const program = loadProgram(projectDir);
  const checker = program.getTypeChecker();
  const writer = new TypeText(checker);

  const files = program.getSourceFiles();
  const named = new Map(
    files.filter(({ fileName }) => NAMING.test(fileName)).flatMap((file) => [...exportsOf(checker, file)]),
  );
  for (const [name, type] of [...named].toSorted(([one], [other]) => (one < other ? -1 : 1)))
    writer.name(name, type);

  const router = files.find(({ fileName }) => fileName.endsWith("/client-package/router-types.ts"));
  const { RouterInputs: inputs, RouterOutputs: outputs } = Object.fromEntries(
    router ? exportsOf(checker, router) : [],
  );
  const typeAt = (root: ts.Type | undefined, steps: readonly string[]): ts.Type =>
    steps.reduce((outer: ts.Type | undefined, step) => {
      const member = outer && checker.getPropertyOfType(outer, step);
      return member && checker.getTypeOfSymbol(member);
    }, root) ?? unknownPath(steps);

  const tree: Tree = new Map();
  for (const [name, { _def }] of Object.entries(procedures).toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  )) {
    const steps = name.split(".");
    const [input, output] = [writer.write(typeAt(inputs, steps)), writer.write(typeAt(outputs, steps))];
    plant(tree, steps, `${KINDS[_def.type]}<${input}, ${output}>`);
  }
  return [HEAD, ...definitions(writer, named), `export type Procedures = ${treeText(tree)};`].join("\n");
}

function unknownPath(steps: readonly string[]): never {
  throw new Error(`The router's types have no ${steps.join(".")}.`);
}

/** The named types that are mentioned, and those that they mention, in alphabetical order. */
function definitions(writer: TypeText, named: ReadonlyMap<string, ts.Type>): string[] {
  const written = new Map<string, string>();
  for (;;) {
    const missing = [...ALWAYS, ...writer.used].filter((name) => !written.has(name));
    if (missing.length === 0) break;
    for (const name of missing) {
      const type = named.get(name);
      if (type) written.set(name, `export type ${name} = ${writer.define(type)};`);
    }
  }
  return [...written].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => text);
}
