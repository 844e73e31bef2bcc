import type { QueryNode } from '@threadline/query-language';
import { type Probe, probeOf } from '../filter/query-probe.ts';
import type { TableName } from '../layout.ts';
import { compileQuery, type Match } from '../matching/compile-query.ts';
import { needleOf, rowsBetween, rowsEqual } from '../matching/match-columns.ts';
import { allRows, isEmpty, noRows, type RowMask } from '../matching/row-mask.ts';
import type { RowGroup } from '../segments/segment.ts';
import { Page } from './page.ts';
import type { ReadScope } from './read-scope.ts';
import type { TimeWindow } from './time-window.ts';

/** Calls `visit` for the row groups until it gives false. */
export function visitGroups(scope: ReadScope, groups: readonly RowGroup[], visit: (group: RowGroup) => boolean): void {
  for (const group of groups) {
    scope.check();
    if (!visit(group)) return;
  }
}

/** The pages that are among the bits. */
export function pagesOf(scope: ReadScope, group: RowGroup, bits: number): Page[] {
  const pages: Page[] = [];
  for (let number = 0; number < group.pages; number += 1) if (bits & (1 << number)) pages.push(new Page(group, number, scope.cache));
  return pages;
}

/** The tenant's rows of a page. */
export function rowsOfTenant(scope: ReadScope, page: Page): RowMask {
  const { tenant } = scope;
  const only = page.onlyText('tenant');
  if (only !== undefined) return only === tenant ? allRows(page.rows) : noRows(page.rows);
  return rowsEqual(page.texts('tenant'), needleOf(tenant), allRows(page.rows));
}

export interface ScanOptions {
  readonly table: TableName;
  readonly query: QueryNode;
  readonly window: TimeWindow;
}

/** A look at the rows of a window that match a query. */
export class Scan {
  readonly #scope: ReadScope;
  readonly #table: TableName;
  readonly #window: TimeWindow;
  readonly #probe: Probe;
  readonly #match: Match;

  constructor(scope: ReadScope, { table, query, window }: ScanOptions) {
    this.#scope = scope;
    this.#table = table;
    this.#window = window;
    this.#probe = probeOf(query, table);
    this.#match = compileQuery(query, table, scope.check);
  }

  /**
   * Visits the pages that have matching rows, with those. In the order asked for by each page's first time; `isEnough` is asked whether rows from
   * a time on can be left out.
   */
  visit(order: 'asc' | 'desc', visitPage: (page: Page, rows: RowMask) => void, isEnough: (from: bigint) => boolean = () => false): void {
    const { min, max } = this.#window;
    const first = (part: { readonly least: bigint; readonly greatest: bigint }): bigint => (order === 'asc' ? part.least : part.greatest);
    const inOrder = (left: { least: bigint; greatest: bigint }, right: { least: bigint; greatest: bigint }): number => {
      const [a, b] = order === 'asc' ? [left.least, right.least] : [right.greatest, left.greatest];
      return a < b ? -1 : a > b ? 1 : 0;
    };
    const groups = this.#scope.groups(this.#table).filter((group) => group.greatest >= min && group.least <= max);
    visitGroups(this.#scope, groups.toSorted(inOrder), (group) => {
      if (isEnough(first(group))) return false;
      const pages = pagesOf(this.#scope, group, group.probe(this.#probe));
      for (const page of pages.toSorted(inOrder)) {
        if (page.greatest < min || page.least > max) continue;
        if (isEnough(first(page))) break;
        this.#scope.check();
        const rows = this.rowsOf(page);
        if (!isEmpty(rows)) visitPage(page, rows);
      }
      return true;
    });
  }

  /** The rows of a page that match, of the tenant and in the window; of `among` where that is given. */
  rowsOf(page: Page, among = rowsOfTenant(this.#scope, page)): RowMask {
    const { min, max } = this.#window;
    const isWithin = page.least >= min && page.greatest <= max;
    const rows = isWithin ? among : rowsBetween(page.longs('time_nanos'), min, max, among);
    return isEmpty(rows) ? rows : this.#match(page, rows);
  }
}
