import { ERROR_TABLE } from "@/lib/errors/table";

/** Every code of a problem; the anchor of each is what the `type` of its problems leads to. */
export function ErrorList() {
  return (
    <dl className="divide-y rounded-xl border">
      {Object.entries(ERROR_TABLE).map(([code, { http, retryable, message }]) => (
        <div key={code} id={code} className="scroll-mt-6 px-4 py-2.5 target:bg-accent-soft">
          <dt className="flex flex-wrap items-baseline gap-x-3 text-[0.8125rem]">
            <code className="font-mono font-medium break-all">{code}</code>
            <span className="text-muted-foreground">
              {http}
              {retryable && ", may work later"}
            </span>
          </dt>
          <dd className="text-[0.8125rem] text-muted-foreground">{message}</dd>
        </div>
      ))}
    </dl>
  );
}
