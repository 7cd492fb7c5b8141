import type { JsonSchema } from "@/lib/openapi";
import { inWords, namedSchema } from "./in-words";
import { Marked } from "./marked";

export type FieldRow = {
  name: string;
  schema: JsonSchema;
  /** "in the path", "header", …; nothing for a field of a body. */
  place?: string;
  required: boolean;
  description?: string;
};

/** Fields of a request or an answer: name, what it has to be or is, and what for. */
export function FieldList({ rows }: { rows: readonly FieldRow[] }) {
  return (
    <dl className="divide-y rounded-xl border">
      {rows.map(({ name, schema, place, required, description }) => (
        <div key={name} className="grid gap-x-4 gap-y-0.5 px-4 py-2.5 sm:grid-cols-[11rem_1fr]">
          <dt className="min-w-0 text-[0.8125rem]">
            <code className="font-mono font-medium break-words">{name}</code>
            <span className="ml-2 text-xs text-muted-foreground">
              {[place, required ? null : "optional"].filter(Boolean).join(", ")}
            </span>
          </dt>
          <dd className="min-w-0 text-[0.8125rem] break-words">
            <Kind schema={schema} />
            {(description ?? schema.description) && <Marked text={description ?? schema.description ?? ""} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Kind({ schema }: { schema: JsonSchema }) {
  const name = namedSchema(schema);
  if (name === null) return inWords(schema);
  return <SchemaLink name={name} />;
}

/** A name of a schema, leading to it. */
export function SchemaLink({ name }: { name: string }) {
  return (
    <a href={`#${name}`} className="text-accent underline underline-offset-3">
      {name}
    </a>
  );
}
