"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useRef, useState } from "react";
import { cn } from "./cn";
import { Skeleton } from "./skeleton";
import type { Selection } from "./use-selection";

const FROM = {
  sm: "hidden sm:table-cell",
  md: "hidden md:table-cell",
  lg: "hidden lg:table-cell",
  xl: "hidden xl:table-cell",
} as const;

/** `from`: the narrowest screen that shows it. `sortBy`: the name of the order that its heading asks for. */
export type Column<Row> = {
  key: string;
  header: string;
  cell(row: Row): ReactNode;
  align?: "end";
  from?: keyof typeof FROM;
  className?: string;
  sortBy?: string;
};

export type Sort = { by: string; descending: boolean };

export type DataTableProps<Row> = {
  label: string;
  columns: readonly Column<Row>[];
  /** Undefined while the first ones are being asked for. */
  rows: readonly Row[] | undefined;
  idOf(row: Row): string;
  nameOf(row: Row): string;
  sort?: Sort;
  onSort?(sort: Sort): void;
  selection?: Selection;
  onOpen?(row: Row): void;
  /** How many rows are expected while the first ones are being asked for. */
  skeletonRows?: number;
  /** What is shown where there is no row. */
  empty: ReactNode;
};

const SKELETON_ROWS = 12;
const CELL = "h-10 px-3 first:pl-4 last:pr-4 md:first:pl-6 md:last:pr-6";

/** A dense table. Up, Down, Home and End (also j and k) walk through its rows, Enter opens one, Space or x selects it,
 *  Escape clears the selection. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, idOf, sort, onSort, selection, onOpen, empty } = props;
  const { skeletonRows = SKELETON_ROWS } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [current, setCurrent] = useState(0);
  const shown = rows ?? [];
  const stop = Math.min(current, Math.max(0, shown.length - 1));

  const onKeyDown = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (target?.dataset.row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = shown[stop];
    const to = {
      ArrowDown: stop + 1,
      j: stop + 1,
      ArrowUp: stop - 1,
      k: stop - 1,
      Home: 0,
      End: shown.length - 1,
    }[event.key];
    if (to !== undefined) {
      const next = Math.min(Math.max(to, 0), shown.length - 1);
      if (event.shiftKey && row) selection?.set(idOf(row), true);
      setCurrent(next);
      body.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus();
    } else if (row && event.key === "Enter") onOpen?.(row);
    else if (row && selection && (event.key === " " || event.key === "x")) selection.toggle(idOf(row));
    else if (selection && event.key === "Escape") selection.clear();
    else return;
    event.preventDefault();
  };

  if (rows?.length === 0) return empty;
  const ids = shown.map(idOf);
  const chosen = selection ? ids.filter((id) => selection.has(id)).length : 0;
  return (
    <table aria-label={label} aria-busy={rows === undefined} className="w-full text-left text-[0.8125rem]">
      <thead className="sticky top-0 z-10 bg-background">
        <tr className="border-b">
          {selection && (
            <th scope="col" className={cn(CELL, "w-px pr-0!")}>
              <input
                type="checkbox"
                aria-label="Select all on this page"
                className="block size-4 accent-accent"
                checked={chosen > 0 && chosen === ids.length}
                ref={(element) => {
                  if (element) element.indeterminate = chosen > 0 && chosen < ids.length;
                }}
                onChange={(event) => selection.setAll(ids, event.target.checked)}
              />
            </th>
          )}
          {columns.map((column) => (
            <Heading key={column.key} column={column} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={onKeyDown}>
        {rows === undefined
          ? Array.from({ length: skeletonRows }, (_, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
              <SkeletonRow key={n} columns={columns} selects={selection !== undefined} />
            ))
          : shown.map((row, index) => (
              <BodyRow
                {...props}
                key={idOf(row)}
                row={row}
                index={index}
                isStop={index === stop}
                onFocus={() => setCurrent(index)}
              />
            ))}
      </tbody>
    </table>
  );
}

type HeadingProps<Row> = {
  column: Column<Row>;
  sort?: Sort | undefined;
  onSort?: ((sort: Sort) => void) | undefined;
};

function Heading<Row>({ column, sort, onSort }: HeadingProps<Row>) {
  const { header, sortBy, align, from, className } = column;
  const isSorted = sortBy !== undefined && sort?.by === sortBy;
  const Arrow = sort?.descending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={isSorted ? (sort?.descending ? "descending" : "ascending") : undefined}
      className={cn(
        CELL,
        "font-medium whitespace-nowrap text-muted-foreground",
        align === "end" && "text-right",
        from && FROM[from],
        className,
      )}
    >
      {sortBy && onSort ? (
        <button
          type="button"
          className={cn(
            "-mx-1 inline-flex items-center gap-1 rounded px-1 hover:text-foreground",
            isSorted && "text-foreground",
          )}
          onClick={() => onSort({ by: sortBy, descending: isSorted ? !sort?.descending : true })}
        >
          {header}
          <Arrow aria-hidden className={cn("size-3.5", !isSorted && "invisible")} />
        </button>
      ) : (
        header
      )}
    </th>
  );
}

type BodyRowProps<Row> = DataTableProps<Row> & { row: Row; index: number; isStop: boolean; onFocus(): void };

function BodyRow<Row>(props: BodyRowProps<Row>) {
  const { row, index, isStop, onFocus, columns, idOf, nameOf, selection, onOpen } = props;
  const id = idOf(row);
  const isSelected = selection?.has(id) ?? false;
  const open = (event: MouseEvent) => {
    // What can be pressed inside a row does its own thing.
    if (event.target instanceof Element && event.target.closest("a, button, input, label")) return;
    onOpen?.(row);
  };
  return (
    <tr
      data-row={index}
      tabIndex={isStop ? 0 : -1}
      aria-selected={selection ? isSelected : undefined}
      onFocus={onFocus}
      onClick={open}
      className={cn(
        "border-b border-border/70 focus-visible:-outline-offset-2",
        onOpen && "cursor-default hover:bg-hover/60",
        isSelected && "bg-accent-soft",
      )}
    >
      {selection && (
        <td className={cn(CELL, "w-px pr-0!")}>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={`Select ${nameOf(row)}`}
            className="block size-4 accent-accent"
            checked={isSelected}
            onChange={() => selection.toggle(id)}
          />
        </td>
      )}
      {columns.map(({ key, cell, align, from, className }) => (
        <td
          key={key}
          className={cn(CELL, align === "end" && "text-right tabular-nums", from && FROM[from], className)}
        >
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

function SkeletonRow<Row>({ columns, selects }: { columns: readonly Column<Row>[]; selects: boolean }) {
  return (
    <tr className="border-b border-border/70">
      {selects && <td className={cn(CELL, "w-px pr-0!")} />}
      {columns.map(({ key, align, from, className }, index) => (
        <td key={key} className={cn(CELL, from && FROM[from], className)}>
          <Skeleton
            className={cn("h-3.5", index === 0 ? "w-40 max-w-full" : "w-12", align === "end" && "ml-auto")}
          />
        </td>
      ))}
    </tr>
  );
}
