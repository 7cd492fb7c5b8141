import type { Role } from "@/lib/contracts/roles";
import type { NeededScope } from "@/lib/contracts/scopes";

/** What is read of a procedure of the router. */
export type Declared = { _def: { type: string; meta?: { access?: Role; scope?: NeededScope } } };

const accessOf = ({ _def }: Declared): Role | undefined => _def.meta?.access;

/** The procedures that do not say who may call them. */
export const undeclared = (procedures: Record<string, Declared>): string[] =>
  Object.entries(procedures)
    .filter(([, procedure]) => accessOf(procedure) === undefined)
    .map(([name]) => name);

function tokensOf({ _def }: Declared): string {
  const scope = _def.meta?.scope ?? "none";
  if (scope === "any") return scope;
  return scope === "none" ? "no" : `\`${scope}\``;
}

/** The page that says of every procedure who may call it. */
export function accessTable(procedures: Record<string, Declared>, roles: readonly Role[]): string {
  const rows = Object.entries(procedures)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, procedure]) => {
      const needed = roles.indexOf(accessOf(procedure) ?? "admin");
      const cells = roles.map((_, rank) => (rank >= needed ? "yes" : "no"));
      return `| \`${name}\` | ${procedure._def.type} | ${cells.join(" | ")} | ${tokensOf(procedure)} |`;
    });
  return `${[
    "# Who may call what",
    "Written by `node scripts/run.mjs access-doc` from the router; do not edit. Whoever is not signed in may call nothing. What a `user` may call is about what is their own: anything else looks as if it were not there, to administrators too. An API token of a person needs the scope in the last column as well, whatever their role. Every cell is tried by server/runtime/access.integration.test.ts, with and without a batch.",
    [
      `| Procedure | | ${roles.map((role) => `\`${role}\``).join(" | ")} | API token |`,
      `|---|---|${roles.map(() => "---").join("|")}|---|`,
      ...rows,
    ].join("\n"),
  ].join("\n\n")}\n`;
}
