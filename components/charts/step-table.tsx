import { type StepData, valueText } from "./series";

export const TABLE_HEAD = "sticky top-0 bg-raised px-3 py-1.5 font-medium text-muted-foreground";
export const TABLE_CELL = "px-3 py-1 tabular-nums";

type StepTableProps<Step> = { label: string; data: StepData<Step> };

/** The numbers of a chart over time, the latest step first. */
export function StepTable<Step extends { at: Date }>({ label, data }: StepTableProps<Step>) {
  const { steps, series, names, format } = data;
  return (
    <table aria-label={label} className="w-full text-left text-xs">
      <thead>
        <tr>
          <th scope="col" className={TABLE_HEAD}>
            When
          </th>
          {series.map(({ key, label }) => (
            <th key={key} scope="col" className={`${TABLE_HEAD} text-right`}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-border/60 border-t">
        {steps.toReversed().map((step) => (
          <tr key={step.at.getTime()}>
            <th scope="row" className={`${TABLE_CELL} font-normal whitespace-nowrap`}>
              {names.full(step.at)}
            </th>
            {series.map(({ key, read }) => (
              <td key={key} className={`${TABLE_CELL} text-right whitespace-nowrap`}>
                {valueText(read(step), format)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
