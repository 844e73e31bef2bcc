import { NO_TEMPLATE_ID, type QueryNode } from '@threadline/query-language';
import { ascending } from '../../../model/ascending.ts';
import { NO_TEMPLATE, type TemplateText } from '../../patterns/template-text.ts';
import { type Probe, probeOf } from '../filter/query-probe.ts';
import type { TableName } from '../layout.ts';
import { type CertainPages, certainPages } from '../matching/certain-pages.ts';
import { compileQuery, type Match } from '../matching/compile-query.ts';
import { needleOf, rowsBetween, rowsEqual } from '../matching/match-columns.ts';
import { allRows, isEmpty, noneOf, type RowMask } from '../matching/row-mask.ts';
import type { RowGroup } from '../segments/segment.ts';
import { onlyTenant } from './group-tenant.ts';
import { Page } from './page.ts';
import type { ReadScope } from './read-scope.ts';
import { StoppedError } from './stop.ts';
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
  const only = onlyTenant(page.group, scope.cache);
  if (only !== undefined) return only === tenant ? allRows(page.rows) : noneOf(page.rows);
  return rowsEqual(page.texts('tenant'), needleOf(tenant), allRows(page.rows));
}

type Order = 'asc' | 'desc';

interface Visitor {
  readonly visitPage: (page: Page, rows: RowMask) => void;
  readonly isEnough: (from: bigint) => boolean;
}

export interface ScanOptions {
  readonly table: TableName;
  readonly query: QueryNode;
  readonly window: TimeWindow;
  /** Row groups that need not be looked at. */
  readonly leavesOut?: (group: RowGroup) => boolean;
}

/** A look at the rows of a window that match a query. */
export class Scan {
  readonly #scope: ReadScope;
  readonly #table: TableName;
  readonly #window: TimeWindow;
  readonly #leavesOut: (group: RowGroup) => boolean;
  readonly #probe: Probe;
  readonly #match: Match;
  readonly #certain: CertainPages;

  constructor(scope: ReadScope, { table, query, window, leavesOut = () => false }: ScanOptions) {
    this.#leavesOut = leavesOut;
    this.#scope = scope;
    this.#table = table;
    this.#window = window;
    this.#probe = probeOf(query, table);
    this.#certain = certainPages(query, table);
    this.#match = compileQuery(query, {
      table,
      check: scope.check,
      templatesOf: (id) => templatesOf(scope, id),
    });
  }

  /**
   * Visits the pages that have matching rows, with those. In the order asked for by each page's first time; `isEnough` is asked whether rows from
   * a time on can be left out.
   */
  visit(order: Order, visitPage: (page: Page, rows: RowMask) => void, isEnough: (from: bigint) => boolean = () => false): void {
    this.#visitGroups(order, { visitPage, isEnough }, () => undefined);
  }

  /**
   * As `visit`, newest first, but where time is over it gives the time down to which it came: all rows later than that were visited. Undefined when
   * it saw all. Where it came nowhere it throws.
   */
  visitWithinTime(visitPage: (page: Page, rows: RowMask) => void, isEnough: (from: bigint) => boolean = () => false): bigint | undefined {
    const begun: bigint[] = [];
    try {
      this.#visitGroups('desc', { visitPage, isEnough }, (first) => begun.push(first));
      return undefined;
    } catch (error) {
      if (error instanceof StoppedError && error.reason === 'deadline' && begun.length > 1) return begun.at(-1);
      throw error;
    }
  }

  #visitGroups(order: Order, visitor: Visitor, begin: (first: bigint) => void): void {
    const { min, max } = this.#window;
    const groups = this.#scope
      .groups(this.#table)
      .filter((group) => group.greatest >= min && group.least <= max && !this.#leavesOut(group));
    visitGroups(this.#scope, groups.toSorted(byFirstTime(order)), (group) => {
      const first = firstTime(order, group);
      if (visitor.isEnough(first)) return false;
      begin(first);
      this.#visitPages(order, group, visitor);
      return true;
    });
  }

  #visitPages(order: Order, group: RowGroup, { visitPage, isEnough }: Visitor): void {
    const { min, max } = this.#window;
    const { tenant, cache } = this.#scope;
    if (group.tenant !== undefined && group.tenant !== tenant) return;
    const bits = group.probe(this.#probe);
    if (bits === 0) return;
    const only = onlyTenant(group, cache);
    if (only !== undefined && only !== tenant) return;
    const certain = only === undefined ? 0 : this.#certain(group, bits);
    const pages = pagesOf(this.#scope, group, bits);
    for (const page of pages.toSorted(byFirstTime(order))) {
      if (page.greatest < min || page.least > max) continue;
      if (isEnough(firstTime(order, page))) break;
      this.#scope.check();
      const isCertain = (certain & (1 << page.number)) !== 0 && page.least >= min && page.greatest <= max;
      const rows = isCertain ? allRows(page.rows) : this.rowsOf(page);
      if (!isEmpty(rows)) visitPage(page, rows);
    }
  }

  /** The rows of a page that match, of the tenant and in the window; of `among` where that is given. */
  rowsOf(page: Page, among = rowsOfTenant(this.#scope, page)): RowMask {
    const { min, max } = this.#window;
    const isWithin = page.least >= min && page.greatest <= max;
    const rows = isWithin ? among : rowsBetween(page.longs('time_nanos'), min, max, among);
    return isEmpty(rows) ? rows : this.#match(page, rows);
  }
}

function templatesOf(scope: ReadScope, id: string): readonly TemplateText[] {
  // Also of records from before there were templates.
  return id === NO_TEMPLATE_ID ? [NO_TEMPLATE] : scope.templates.forest(scope.groups('logs')).membersOf(id);
}

interface Times {
  readonly least: bigint;
  readonly greatest: bigint;
}

function firstTime(order: Order, { least, greatest }: Times): bigint {
  return order === 'asc' ? least : greatest;
}

function byFirstTime(order: Order): (left: Times, right: Times) => number {
  return (left, right) => {
    const [a, b] = order === 'asc' ? [left.least, right.least] : [right.greatest, left.greatest];
    return ascending(a, b);
  };
}
