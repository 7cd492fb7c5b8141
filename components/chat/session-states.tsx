import { Compass, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { clientErrorOf } from "@/client/errors";
import { showSession } from "@/client/hooks/use-session-route";
import { TopBar } from "../shell/top-bar";
import { Button } from "../ui/button";
import { Skeleton } from "../ui/skeleton";

function Centered({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-3 px-6 py-16 text-center">
      <div className="text-muted-foreground [&>svg]:size-9 [&>svg]:stroke-[1.4]">{icon}</div>
      <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
      {children}
    </div>
  );
}

export function NoSuchSession() {
  return (
    <>
      <TopBar />
      <Centered icon={<Compass aria-hidden />} title="No such session">
        <p className="max-w-sm text-sm text-muted-foreground">
          It may have been deleted, or the address is not quite right. Your other sessions are in the sidebar.
        </p>
        <Button variant="primary" className="mt-2" onClick={() => showSession(null)}>
          Start a new session
        </Button>
      </Centered>
    </>
  );
}

export function LoadFailed({ error, onRetry }: { error: unknown; onRetry(): void }) {
  return (
    <div role="alert" className="flex flex-col items-center gap-3 py-20 text-center">
      <Unplug aria-hidden className="size-9 stroke-[1.4] text-muted-foreground" />
      <p className="max-w-sm text-sm text-muted-foreground">{clientErrorOf(error).message}</p>
      <Button onClick={onRetry}>Try again</Button>
    </div>
  );
}

export function EmptySession() {
  return (
    <p className="py-20 text-center text-sm text-muted-foreground">
      Nothing here yet. Write the first prompt below.
    </p>
  );
}

export function TranscriptSkeleton() {
  return (
    <div
      role="status"
      aria-label="Loading the conversation"
      className="animate-in space-y-8 delay-150 fill-mode-both fade-in-0"
    >
      <Skeleton className="ml-auto h-12 w-1/2 rounded-2xl" />
      <div className="space-y-3">
        <Skeleton className="h-4 w-full" />
        <Skeleton className="h-4 w-11/12" />
        <Skeleton className="h-4 w-4/5" />
        <Skeleton className="mt-5 h-28 w-full rounded-xl" />
        <Skeleton className="mt-5 h-4 w-2/3" />
      </div>
    </div>
  );
}
