import type { Provider } from "@/lib/contracts/providers";
import { Button } from "../../ui/button";
import type { Column } from "../../ui/data-table";
import { Lamp } from "../../ui/lamp";
import { KIND_LABELS } from "./provider-draft";

function State({ provider: { disabled } }: { provider: Provider }) {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-muted-foreground">
      <Lamp tone={disabled ? "idle" : "ok"} small />
      {disabled ? "Off" : "On"}
    </span>
  );
}

const modelsText = ({ models }: Provider): string => models.map(({ id, name }) => name ?? id).join(", ");

/** The columns of the list; the last one tests a provider, where that may be done. */
export const providerColumns = (
  onTest: ((provider: Provider) => void) | null,
): readonly Column<Provider>[] => [
  {
    key: "name",
    header: "Provider",
    className: "max-w-44 sm:max-w-72",
    cell: (provider) => (
      <span className="block py-2 leading-tight">
        <span className="block truncate font-medium" title={provider.name}>
          {provider.name}
        </span>
        <span className="block truncate text-xs text-muted-foreground" title={provider.baseUrl}>
          {provider.baseUrl}
        </span>
        <span className="mt-1 block text-xs sm:hidden">
          <State provider={provider} />
        </span>
      </span>
    ),
  },
  {
    key: "kind",
    header: "Kind",
    from: "lg",
    cell: ({ kind }) => <span className="whitespace-nowrap text-muted-foreground">{KIND_LABELS[kind]}</span>,
  },
  {
    key: "models",
    header: "Models",
    from: "md",
    className: "max-w-64",
    cell: (provider) => (
      <span className="block truncate text-muted-foreground" title={modelsText(provider)}>
        {modelsText(provider)}
      </span>
    ),
  },
  {
    key: "key",
    header: "Key",
    from: "lg",
    cell: ({ hasKey }) => <span className="text-muted-foreground">{hasKey ? "Stored" : "None"}</span>,
  },
  { key: "state", header: "State", from: "sm", cell: (provider) => <State provider={provider} /> },
  ...(onTest === null
    ? []
    : [
        {
          key: "test",
          header: "Action",
          align: "end" as const,
          className: "w-px",
          cell: (provider: Provider) => (
            <Button size="sm" aria-label={`Test ${provider.name}`} onClick={() => onTest(provider)}>
              Test
            </Button>
          ),
        },
      ]),
];
