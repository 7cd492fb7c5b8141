import { type ReactNode, useId } from "react";

type SectionProps = { title: string; text: ReactNode; actions?: ReactNode; children: ReactNode };

/** A part of the page under a heading, with what can be done in it. */
export function Section({ title, text, actions, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="border-b pt-5 last:border-b-0">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pb-3 md:px-6">
        <div className="min-w-0">
          <h2 id={id} className="text-sm font-semibold">
            {title}
          </h2>
          <p className="mt-0.5 max-w-4xl text-[0.8125rem] text-pretty text-muted-foreground">{text}</p>
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
