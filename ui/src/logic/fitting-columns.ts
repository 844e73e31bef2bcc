/** The columns of a table in their order, each with the least pixels that it needs. */
export interface FittingTable<Column extends string> {
  readonly widths: Readonly<Record<Column, number>>;
  readonly columns: readonly Column[];
  /** Those that take what is left over. */
  readonly growing: readonly Column[];
  /** Those that are given room first, the most telling before the others. */
  readonly first: readonly Column[];
  /** Between two columns, and at both ends of a row together. */
  readonly gap: number;
  readonly padding: number;
}

/**
 * The columns that a table of so many pixels has room for: those that it is `kept` for (what it is sorted by), then the most telling ones, in the table's
 * own order. All while no width is known (0). A table that scrolled sideways instead would hide whose figures they are, and that there are more.
 */
export function fittingColumns<Column extends string>(
  { widths, columns, first, gap, padding }: FittingTable<Column>,
  width: number,
  kept: readonly Column[],
): readonly Column[] {
  if (width === 0) return columns;
  const chosen = new Set(kept);
  const needed = (): number => [...chosen].reduce((sum, column) => sum + widths[column], padding + gap * (chosen.size - 1));
  for (const column of first) {
    if (chosen.has(column)) continue;
    chosen.add(column);
    if (needed() > width) chosen.delete(column);
  }
  return columns.filter((column) => chosen.has(column));
}

/** Those columns as a CSS grid has them. */
export function fittingTemplate<Column extends string>({ widths, growing }: FittingTable<Column>, shown: readonly Column[]): string {
  return shown.map((column) => (growing.includes(column) ? `minmax(${widths[column]}px, 1fr)` : `${widths[column]}px`)).join(' ');
}
