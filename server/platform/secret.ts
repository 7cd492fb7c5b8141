import { inspect } from "node:util";

/** A value that must never be printed: JSON, string conversion, `util.inspect` and the logger all show
 *  `[secret]`. The plain text is reachable through `use()` alone, which only adapters call. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Hands the plain text to `consume` and returns its answer. Do not let it escape. */
  use<T>(consume: (value: string) => T): T {
    return consume(this.#value);
  }

  /** Whether both hold the same text. */
  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}
