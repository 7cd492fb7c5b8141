import ts from "typescript";

const { SymbolFlags, TypeFlags } = ts;

/** Types that TypeScript writes best itself: without members, and the same everywhere. */
const PLAIN = TypeFlags.StringLike | TypeFlags.NumberLike | TypeFlags.BooleanLike;
const EMPTY = TypeFlags.Null | TypeFlags.Undefined | TypeFlags.Void | TypeFlags.Never | TypeFlags.Unknown;
const NULLISH = TypeFlags.Null | TypeFlags.Undefined | TypeFlags.Void;

type Spell = (type: ts.Type) => string;

const keyText = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/** Writes types as text that stands alone: only the language's own types, and the names it was given. The text of a type is
 *  the same however its declaration orders its members: required ones come first, alternatives in alphabetical order.
 *  Throws for what data cannot be: `any`, functions, types that hold themselves. */
export class TypeText {
  readonly #checker: ts.TypeChecker;
  readonly #plain = new Map<ts.Type, string>();
  readonly #underWay = new Set<ts.Type>();
  readonly #names = new Map<string, string>();
  readonly #used = new Set<string>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** From now on every type with this text is written as `name`. The first name of a text stays; one for a type without
   *  members of its own would say less than the type. */
  name(name: string, type: ts.Type): void {
    const isWorthIt = type.isUnion() || (this.#isObject(type) && !this.#checker.isArrayType(type));
    if (!isWorthIt || (type.flags & TypeFlags.BooleanLike) !== 0) return;
    const text = this.#plainText(type);
    if (!this.#names.has(text)) this.#names.set(text, name);
  }

  /** The names that were written until now. */
  get used(): ReadonlySet<string> {
    return this.#used;
  }

  /** The text of `type`, by its name where it has one. */
  write(type: ts.Type): string {
    const name = this.#names.get(this.#plainText(type));
    if (name === undefined) return this.define(type);
    this.#used.add(name);
    return name;
  }

  /** The text of `type` itself, with names inside. */
  define(type: ts.Type): string {
    return this.#spell(type, (inner) => this.write(inner));
  }

  #plainText(type: ts.Type): string {
    const known = this.#plain.get(type);
    if (known !== undefined) return known;
    if (this.#underWay.has(type)) throw this.#unwritable(type);
    this.#underWay.add(type);
    const text = this.#spell(type, (inner) => this.#plainText(inner));
    this.#underWay.delete(type);
    this.#plain.set(type, text);
    return text;
  }

  #isObject(type: ts.Type): boolean {
    return (type.flags & TypeFlags.Object) !== 0 || type.isIntersection();
  }

  #unwritable(type: ts.Type): Error {
    return new Error(`This type cannot be written for clients: ${this.#checker.typeToString(type)}`);
  }

  #spell(type: ts.Type, inner: Spell): string {
    if ((type.flags & EMPTY) !== 0) return this.#checker.typeToString(type);
    // `boolean` is one of them, and a union of two others.
    if ((type.flags & PLAIN) !== 0)
      return this.#checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
    if (type.isUnion()) return this.#spellUnion(type, inner);
    if (this.#isObject(type)) return this.#spellObject(type, inner);
    throw this.#unwritable(type);
  }

  #spellUnion(type: ts.UnionType, inner: Spell): string {
    const empty = type.types.filter(({ flags }) => (flags & NULLISH) !== 0);
    // A procedure without an input may be called without one: tRPC adds that, whatever it is told.
    const ends = ["null", "undefined"].filter((end) =>
      empty.some((each) => this.#checker.typeToString(each) === end),
    );
    if (empty.length > 0) return [inner(this.#checker.getNonNullableType(type)), ...ends].join(" | ");
    const texts = type.types.map(inner);
    const isBoolean = texts.includes("true") && texts.includes("false");
    const others = texts.filter((text) => !isBoolean || (text !== "true" && text !== "false"));
    return [...others, ...(isBoolean ? ["boolean"] : [])].toSorted().join(" | ");
  }

  #spellObject(type: ts.Type, inner: Spell): string {
    const checker = this.#checker;
    const parts = () => checker.getTypeArguments(type as ts.TypeReference);
    const name = type.symbol?.name;
    if (name === "Date") return "Date";
    if (name === "AsyncIterable") {
      // How it ends is a part of it only where that is said.
      const said = parts().filter(({ flags }) => (flags & TypeFlags.Any) === 0);
      return `AsyncIterable<${said.map(inner).join(", ")}>`;
    }
    if (checker.isTupleType(type)) return `[${parts().map(inner).join(", ")}]`;
    if (checker.isArrayType(type)) {
      const [element] = parts();
      const text = element ? inner(element) : "unknown";
      // Alternatives that have a name are one word.
      return element?.isUnion() && text.includes(" | ") ? `(${text})[]` : `${text}[]`;
    }
    if (type.getCallSignatures().length > 0) throw this.#unwritable(type);
    const members = checker.getPropertiesOfType(type).map((member) => {
      const isOptional = (member.flags & SymbolFlags.Optional) !== 0;
      const text = inner(checker.getTypeOfSymbol(member));
      return { isOptional, text: `${keyText(member.name)}${isOptional ? "?" : ""}: ${text}` };
    });
    const indexed = checker
      .getIndexInfosOfType(type)
      .map((info) => `[key: ${inner(info.keyType)}]: ${inner(info.type)}`);
    const required = members.filter(({ isOptional }) => !isOptional);
    const optional = members.filter(({ isOptional }) => isOptional);
    const texts = [...[...required, ...optional].map(({ text }) => text), ...indexed];
    return texts.length === 0 ? "Record<string, never>" : `{ ${texts.join("; ")} }`;
  }
}
