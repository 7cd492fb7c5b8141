import type { ApiDocument } from "@/lib/openapi";
import { Wordmark } from "../shell/wordmark";
import { ErrorList } from "./error-list";
import { Marked } from "./marked";
import { anchorOf, OperationSection } from "./operation-section";
import { SchemaSection } from "./schema-section";

const operationsOf = ({ paths }: ApiDocument) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );

/** The OpenAPI document as a page to read. */
export function ApiReference({ api }: { api: ApiDocument }) {
  const operations = operationsOf(api);
  const groups = api.tags.map((tag) => ({
    ...tag,
    operations: operations.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  return (
    <div className="mx-auto grid max-w-5xl gap-x-12 px-4 py-6 md:grid-cols-[13rem_minmax(0,1fr)] md:px-8">
      <header className="mb-6 md:col-span-2">
        <a href="/" aria-label="Flightdeck, start page" className="inline-block rounded-md">
          <Wordmark />
        </a>
      </header>
      <nav aria-label="Operations" className="md:sticky md:top-6 md:max-h-[calc(100dvh-3rem)] md:self-start">
        <details className="md:hidden">
          <summary className="py-2 text-sm font-medium">Contents</summary>
          <Contents groups={groups} />
        </details>
        <div className="hidden max-h-[calc(100dvh-3rem)] overflow-y-auto md:block">
          <Contents groups={groups} />
        </div>
      </nav>
      <main className="min-w-0 pb-24">
        <h1 className="text-2xl font-semibold tracking-tight">{api.info.title} REST API</h1>
        <div className="mt-4">
          <Marked text={api.info.description} />
        </div>
        <p className="mt-4 text-muted-foreground">
          For tools:{" "}
          <a href="/api/openapi.json" className="text-accent underline underline-offset-3">
            openapi.json
          </a>{" "}
          (OpenAPI {api.openapi}).
        </p>
        {groups.map((group) => (
          <section key={group.name} aria-labelledby={`tag-${group.name}`} className="mt-14">
            <Title id={`tag-${group.name}`} title={group.name} text={group.description} />
            {group.operations.map((each) => (
              <OperationSection key={each.operation.operationId} {...each} />
            ))}
          </section>
        ))}
        <section aria-labelledby="schemas" className="mt-14">
          <Title id="schemas" title="What answers are made of" text="Times are text in ISO 8601, in UTC." />
          {Object.entries(api.components.schemas).map(([name, schema]) => (
            <SchemaSection key={name} name={name} schema={schema} />
          ))}
        </section>
        <section aria-labelledby="errors" className="mt-14">
          <Title id="errors" title="Error codes" text="What a problem's code means, with its HTTP status." />
          <div className="mt-6">
            <ErrorList />
          </div>
        </section>
      </main>
    </div>
  );
}

function Title({ id, title, text }: { id: string; title: string; text: string }) {
  return (
    <>
      <h2 id={id} className="scroll-mt-6 border-t pt-6 text-xl font-semibold tracking-tight">
        {title}
      </h2>
      <p className="mt-1 text-muted-foreground">{text}</p>
    </>
  );
}

type Groups = { name: string; operations: ReturnType<typeof operationsOf> }[];

function Contents({ groups }: { groups: Groups }) {
  return (
    <ul className="space-y-4 text-[0.8125rem]">
      {groups.map(({ name, operations }) => (
        <li key={name}>
          <a href={`#tag-${name}`} className="font-medium">
            {name}
          </a>
          <ul className="mt-1 space-y-1">
            {operations.map(({ operation }) => (
              <li key={operation.operationId}>
                <a href={`#${anchorOf(operation)}`} className="text-muted-foreground hover:text-foreground">
                  {operation.summary}
                </a>
              </li>
            ))}
          </ul>
        </li>
      ))}
      <li>
        <a href="#schemas" className="font-medium">
          What answers are made of
        </a>
      </li>
      <li>
        <a href="#errors" className="font-medium">
          Error codes
        </a>
      </li>
    </ul>
  );
}
