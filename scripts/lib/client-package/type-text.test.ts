import ts from "typescript";
import { describe, expect, test } from "vitest";
import { TypeText } from "./type-text";

const FILE = "/contract.ts";

/** A writer over the types that `source` exports. */
function setUp(source: string) {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, target) =>
    name === FILE ? ts.createSourceFile(name, source, target) : getSourceFile(name, target);
  host.fileExists = (name) => name === FILE || fileExists(name);
  const program = ts.createProgram({ rootNames: [FILE], options, host });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(FILE);
  const module = file && checker.getSymbolAtLocation(file);
  const exported = new Map(module ? checker.getExportsOfModule(module).map((each) => [each.name, each]) : []);
  const typeOf = (name: string): ts.Type => {
    const symbol = exported.get(name);
    if (!symbol) throw new Error(`there is no ${name}`);
    return checker.getDeclaredTypeOfSymbol(symbol);
  };
  return { writer: new TypeText(checker), typeOf };
}

/** How the type `A` is written that `source` exports. */
function written(source: string): string {
  const { writer, typeOf } = setUp(source);
  return writer.write(typeOf("A"));
}

describe("a type's text", () => {
  test.each([
    ["string", "string"],
    ["boolean | null", "boolean | null"],
    ["true", "true"],
    ["Date", "Date"],
    ["unknown", "unknown"],
    ['"b" | "a" | undefined', '"a" | "b" | undefined'],
    ["{ b?: number; a: string | null }", "{ a: string | null; b?: number | undefined }"],
    ["{ a: 1 } & { b: 2 }", "{ a: 1; b: 2 }"],
    ["('x' | 'y')[]", '("x" | "y")[]'],
    ["{ a: string[] }[]", "{ a: string[] }[]"],
    ["{ a: 'x' | null }[]", '{ a: "x" | null }[]'],
    ["({ a: 1 } | { b: 2 })[]", "({ a: 1 } | { b: 2 })[]"],
    ["boolean[]", "boolean[]"],
    ["[number, Date]", "[number, Date]"],
    ["Record<string, unknown>", "{ [key: string]: unknown }"],
    ["{ 'not-a-name': 1 }", '{ "not-a-name": 1 }'],
    ["AsyncIterable<{ id: string }>", "AsyncIterable<{ id: string }>"],
    ["AsyncIterable<{ id: string }, void, unknown>", "AsyncIterable<{ id: string }, void, unknown>"],
    ["void | { a: 1 } | undefined", "{ a: 1 } | undefined"],
    ["void", "void"],
  ])("of %s is %s", (type, text) => {
    expect(written(`export type A = ${type};`)).toBe(text);
  });

  test("does not depend on the order in which a declaration names things", () => {
    const one = written(
      'export type A = { kind: "a"; n?: 1; m: 2 } | { kind: "b" }; export type Z = "b" | "a";',
    );
    const other = written(
      'export type Z = "b" | "a"; export type A = { kind: "b" } | { kind: "a"; m: 2; n?: 1 };',
    );
    const sorted = (text: string) => text.split(/[;{}|]/).map((part) => part.trim());
    expect(new Set(sorted(one))).toEqual(new Set(sorted(other)));
    expect(written('export type A = "z" | "a"')).toBe(written('export type A = "a" | "z"'));
  });

  test("says a type that has a name by it, wherever it stands, and never a name in its own definition", () => {
    const { writer, typeOf } = setUp(`
      export type Role = "user" | "admin";
      export type Person = { id: string; role: Role };
      export type Again = { role: "admin" | "user"; id: string };
      export type A = { people: Person[]; newest: Person | null; role?: Role };
    `);
    for (const name of ["Role", "Person"]) writer.name(name, typeOf(name));
    expect(writer.write(typeOf("A"))).toBe(
      "{ people: Person[]; newest: Person | null; role?: Role | undefined }",
    );
    expect(writer.define(typeOf("Person"))).toBe("{ id: string; role: Role }");
    expect([...writer.used].toSorted()).toEqual(["Person", "Role"]);
  });

  test.each(["any", "() => void", "{ a: any }", "List"])("is refused to what is no data: %s", (type) => {
    const source = `type List = { next: List | null }; export type A = ${type};`;
    expect(() => written(source)).toThrow(/cannot be written for clients/);
  });
});
