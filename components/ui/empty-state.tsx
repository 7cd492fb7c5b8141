import type { ReactNode } from "react";

/** What a list says where it has nothing: why, and what to do about it. */
export function EmptyState({
  icon,
  title,
  text,
  children,
}: {
  icon: ReactNode;
  title: string;
  text: string;
  children?: ReactNode;
}) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-1.5 px-6 py-16 text-center">
      <span className="mb-2 rounded-xl border bg-raised p-2.5 text-muted-foreground [&>svg]:size-5">
        {icon}
      </span>
      <p className="text-sm font-medium">{title}</p>
      <p className="max-w-sm text-[0.8125rem] text-balance text-muted-foreground">{text}</p>
      {children && <div className="mt-3 flex gap-2">{children}</div>}
    </div>
  );
}
