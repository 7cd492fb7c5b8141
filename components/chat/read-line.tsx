import { Eye } from "lucide-react";
import type { TranscriptRead } from "@/client/events/transcript";

const WHEN = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

/** Says in the conversation that an administrator has read it, when, and why. */
export function ReadLine({ read }: { read: TranscriptRead }) {
  return (
    <p className="flex items-start gap-2 text-sm text-muted-foreground" data-read-by={read.by}>
      <Eye aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0 break-words">
        Administrator {read.by} read this session: {read.reason}{" "}
        <time dateTime={read.at.toISOString()} className="whitespace-nowrap">
          ({WHEN.format(read.at)})
        </time>
      </span>
    </p>
  );
}
