"use client";

import { clientErrorOf } from "@/client/errors";
import { DataTable, type DataTableProps } from "../ui/data-table";
import { FailedState } from "../ui/failed-state";

/** What a query says about the rows it fetches. */
type Asked = { data: unknown; error: unknown; refetch(): unknown };

/** A table of what was asked of the server, or why there is nothing to show. */
export function AskedTable<Row>({ asked, ...table }: DataTableProps<Row> & { asked: Asked }) {
  if (asked.error && !asked.data) {
    return <FailedState message={clientErrorOf(asked.error).message} onRetry={() => void asked.refetch()} />;
  }
  return <DataTable {...table} />;
}
