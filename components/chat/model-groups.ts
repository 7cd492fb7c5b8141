import type { Model } from "@/lib/contracts/models";

/** Models of one source. `index`: the model's place among all that are shown. */
export type ModelGroup = { label: string; options: { model: Model; index: number }[] };

function labelOf({ provider }: Model): string {
  if (!provider) return "Copilot";
  return provider.shared ? "Company" : "Yours";
}

/** The models by whose they are, in the order in which they come. */
export function groupsOf(models: readonly Model[]): ModelGroup[] {
  const groups = new Map<string, ModelGroup>();
  for (const [index, model] of models.entries()) {
    const label = labelOf(model);
    const group = groups.get(label) ?? { label, options: [] };
    group.options.push({ model, index });
    groups.set(label, group);
  }
  return [...groups.values()];
}

/** What a model is found by. */
export const wordsOf = ({ name, id, provider }: Model): string =>
  `${name} ${id} ${provider?.name ?? ""}`.toLowerCase();
