import type { ApiOperation, ApiResponse } from "@/lib/openapi";
import { Badge } from "../ui/badge";
import { curlOf } from "./curl";
import { FieldList, type FieldRow, SchemaLink } from "./field-list";
import { inWords, namedSchema } from "./in-words";
import { Marked } from "./marked";
import { Sample } from "./sample";

const PLACES = { path: "in the path", query: "in the query", header: "header" } as const;

function rowsOf({ parameters, requestBody }: ApiOperation): FieldRow[] {
  const body = requestBody?.content["application/json"]?.schema;
  return [
    ...parameters.map(({ in: place, ...parameter }) => ({ ...parameter, place: PLACES[place] })),
    ...Object.entries(body?.properties ?? {}).map(([name, schema]) => ({
      ...{ name, schema, required: body?.required?.includes(name) ?? false },
    })),
  ];
}

/** The address in the page of an operation. */
export const anchorOf = ({ operationId }: ApiOperation): string => `op-${operationId.replaceAll(".", "-")}`;

type OperationProps = { method: string; path: string; operation: ApiOperation };

/** One operation: what it is for, what it takes, how to try it, what it answers. */
export function OperationSection({ method, path, operation }: OperationProps) {
  const rows = rowsOf(operation);
  const anchor = anchorOf(operation);
  return (
    <section id={anchor} aria-labelledby={`${anchor}-title`} className="mt-10 scroll-mt-6">
      <h3 id={`${anchor}-title`} className="text-base font-semibold tracking-tight">
        {operation.summary}
      </h3>
      <p className="mt-1.5 mb-3 flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge className="font-mono uppercase">{method}</Badge>
        <code className="min-w-0 font-mono text-[0.8438rem] break-all">{path}</code>
      </p>
      <div className="space-y-4">
        <div>
          <Marked text={operation.description} />
        </div>
        {rows.length > 0 && <FieldList rows={rows} />}
        <Sample text={curlOf(method, path, operation)} label={`Copy the call: ${operation.summary}`} />
        <Answers responses={operation.responses} />
      </div>
    </section>
  );
}

function Answers({ responses }: { responses: ApiOperation["responses"] }) {
  const all = Object.entries(responses);
  const good = all.filter(([status]) => status.startsWith("2"));
  const refusals = all.filter(([status]) => !status.startsWith("2"));
  return (
    <div className="text-[0.8125rem]">
      {good.map(([status, response]) => (
        <p key={status}>
          Answers <code className="font-mono">{status}</code> <Content content={response.content} />
        </p>
      ))}
      <details className="mt-1">
        <summary className="text-muted-foreground">Refusals</summary>
        <dl className="mt-2 space-y-3 border-l pl-4">
          {refusals.map(([status, { description }]) => (
            <div key={status}>
              <dt className="font-mono">{status}</dt>
              <dd>
                <Marked text={description} />
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  );
}

function Content({ content }: Pick<ApiResponse, "content">) {
  if (!content) return "without a body.";
  return Object.entries(content).map(([type, { schema }], index) => {
    const name = namedSchema(schema);
    return (
      <span key={type}>
        {index === 0 ? "with " : "; as "}
        {name ? <SchemaLink name={name} /> : <code className="font-mono">{type}</code>}
        {!name && `: ${schema.description ?? inWords(schema)}`}
      </span>
    );
  });
}
