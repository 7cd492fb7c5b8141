import { Button } from "./button";

type ShowOlderProps = {
  /** A list that is asked for page by page. */
  asked: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): unknown };
  className?: string;
};

/** What stands below a list that has more; nothing where it ends. */
export function ShowOlder({ asked, className }: ShowOlderProps) {
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = asked;
  if (!hasNextPage) return null;
  return (
    <div className={className}>
      <Button size="sm" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        Show older
      </Button>
    </div>
  );
}
