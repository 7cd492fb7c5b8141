import type { TokenRow } from "@/lib/contracts/tokens";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { cn } from "../../ui/cn";
import type { Column } from "../../ui/data-table";
import { RelativeTime } from "../../ui/relative-time";

function Expiry({ token: { expiresAt }, className }: { token: TokenRow; className?: string }) {
  if (expiresAt === null) return <span className={cn("text-muted-foreground", className)}>No end</span>;
  const hasEnded = expiresAt <= new Date();
  return (
    <span className={cn("whitespace-nowrap", hasEnded ? "text-danger" : "text-muted-foreground", className)}>
      {hasEnded && "Expired "}
      <RelativeTime at={expiresAt} />
    </span>
  );
}

function LastUse({ token: { lastUsedAt, lastUsedAddress } }: { token: TokenRow }) {
  if (lastUsedAt === null) return <span className="text-muted-foreground">Never</span>;
  return (
    <span className="block leading-tight whitespace-nowrap">
      <RelativeTime at={lastUsedAt} />
      {lastUsedAddress && (
        <span className="block text-xs text-muted-foreground tabular-nums">from {lastUsedAddress}</span>
      )}
    </span>
  );
}

function Scopes({ token: { scopes } }: { token: TokenRow }) {
  return (
    <span className="flex flex-wrap gap-1">
      {scopes.map((scope) => (
        <Badge key={scope} className="font-mono">
          {scope}
        </Badge>
      ))}
    </span>
  );
}

const TOKEN_COLUMNS: readonly Column<TokenRow>[] = [
  {
    key: "name",
    header: "Name",
    className: "max-w-40 sm:max-w-64",
    cell: (token) => (
      <span className="block py-2 leading-tight">
        <span className="block truncate font-medium" title={token.name}>
          {token.name}
        </span>
        <span className="block font-mono text-xs text-muted-foreground">{token.prefix}…</span>
        <span className="mt-1.5 block space-y-1.5 text-xs sm:hidden">
          <Scopes token={token} />
          <Expiry token={token} className="block" />
        </span>
      </span>
    ),
  },
  { key: "scopes", header: "For", from: "sm", cell: (token) => <Scopes token={token} /> },
  {
    key: "created",
    header: "Created",
    from: "lg",
    cell: ({ createdAt }) => (
      <RelativeTime at={createdAt} className="whitespace-nowrap text-muted-foreground" />
    ),
  },
  { key: "expires", header: "Expires", from: "sm", cell: (token) => <Expiry token={token} /> },
  { key: "used", header: "Last used", from: "md", cell: (token) => <LastUse token={token} /> },
];

/** The columns of a person's tokens; the last one revokes. */
export const tokenColumns = (onRevoke: (token: TokenRow) => void): readonly Column<TokenRow>[] => [
  ...TOKEN_COLUMNS,
  {
    key: "revoke",
    header: "Action",
    align: "end",
    className: "w-px",
    cell: (token) => (
      <Button size="sm" aria-label={`Revoke ${token.name}`} onClick={() => onRevoke(token)}>
        Revoke
      </Button>
    ),
  },
];
