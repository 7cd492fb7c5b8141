import type { JsonSchema } from "@/lib/openapi";
import { FieldList } from "./field-list";
import { inWords } from "./in-words";

const rowsOf = ({ properties = {}, required = [] }: JsonSchema) =>
  Object.entries(properties).map(([name, schema]) => ({ name, schema, required: required.includes(name) }));

/** What one kind of answer is made of. */
export function SchemaSection({ name, schema }: { name: string; schema: JsonSchema }) {
  return (
    <div id={name} className="mt-8 scroll-mt-6">
      <h3 className="mb-3 font-mono text-[0.9375rem] font-medium">{name}</h3>
      {schema.description && <p className="mb-3 text-muted-foreground">{schema.description}</p>}
      {schema.oneOf ? (
        <Alternatives schemas={schema.oneOf} />
      ) : schema.properties ? (
        <FieldList rows={rowsOf(schema)} />
      ) : (
        <p className="text-[0.8125rem]">{inWords(schema)}</p>
      )}
    </div>
  );
}

/** Kinds of one thing, told apart by `type`: each with what its `data` holds. */
function Alternatives({ schemas }: { schemas: readonly JsonSchema[] }) {
  const [first] = schemas;
  const common = first && rowsOf(first).filter(({ name }) => name !== "type" && name !== "data");
  return (
    <>
      {common && <FieldList rows={common} />}
      <p className="mt-4 mb-2 text-[0.8125rem] text-muted-foreground">
        and <code className="font-mono text-foreground">type</code> with its{" "}
        <code className="font-mono text-foreground">data</code>:
      </p>
      <div className="divide-y rounded-xl border">
        {schemas.map(({ properties }) => (
          <details key={String(properties?.type?.const)} className="px-4 py-2.5">
            <summary className="font-mono text-[0.8125rem]">{String(properties?.type?.const)}</summary>
            <div className="mt-2">
              <FieldList rows={rowsOf(properties?.data ?? {})} />
            </div>
          </details>
        ))}
      </div>
    </>
  );
}
