import type { ReactNode } from "react";

type FieldProps = {
  /** Of the control; that of the hint is `ID-hint`. */
  id: string;
  label: string;
  optional?: boolean;
  hint?: string;
  children: ReactNode;
};

/** A control of a form under its name, and what helps to fill it in. */
export function Field({ id, label, optional = false, hint, children }: FieldProps) {
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-[0.8125rem] font-medium">
        {label}
        {optional && <span className="font-normal text-muted-foreground"> (optional)</span>}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-xs text-muted-foreground">
          {hint}
        </p>
      )}
    </div>
  );
}
