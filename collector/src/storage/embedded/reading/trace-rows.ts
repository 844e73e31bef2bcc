import { fieldToken } from '../filter/token-hash.ts';
import { needleOf, rowsEqual, rowsWhereText } from '../matching/match-columns.ts';
import { either, isEmpty, noneOf, type RowMask } from '../matching/row-mask.ts';
import type { RowGroup } from '../segments/segment.ts';
import type { Page } from './page.ts';
import type { ReadScope } from './read-scope.ts';
import { pagesOf, rowsOfTenant, visitGroups } from './scan.ts';

/** Of so few traces each is searched for by its bytes; of more each row's trace is looked up. */
const FEW_TRACES = 8;
/** In the time in which a row group's index is asked for one trace, so many of its rows are looked through. */
const ROWS_A_LOOKUP = 64;

/** Visits the pages with spans of the traces, with those. In no order. */
export function visitSpansOfTraces(scope: ReadScope, traceIds: readonly string[], visit: (page: Page, rows: RowMask) => void): void {
  const tokens = traceIds.map((id) => fieldToken('traceId', id));
  const all = new Set(traceIds);
  visitGroups(scope, scope.groups('spans'), (group) => {
    const isMany = traceIds.length * ROWS_A_LOOKUP > group.rows;
    for (const { page, ids } of isMany ? everyPage(scope, group, all) : pagesWith(scope, group, { traceIds, tokens })) {
      const rows = rowsOf(scope, page, ids);
      if (!isEmpty(rows)) visit(page, rows);
    }
    return true;
  });
}

/** A page and those of the traces that may have spans on it. */
interface PageOfTraces {
  readonly page: Page;
  readonly ids: ReadonlySet<string>;
}

function everyPage(scope: ReadScope, group: RowGroup, ids: ReadonlySet<string>): PageOfTraces[] {
  return pagesOf(scope, group, group.allPages).map((page) => ({ page, ids }));
}

function pagesWith(
  scope: ReadScope,
  group: RowGroup,
  { traceIds, tokens }: { readonly traceIds: readonly string[]; readonly tokens: Parameters<RowGroup['pagesWithEach']>[0] },
): PageOfTraces[] {
  const pagesByTrace = group.pagesWithEach(tokens);
  const bits = pagesByTrace.reduce((some, pages) => some | pages, 0);
  return pagesOf(scope, group, bits).map((page) => ({
    page,
    ids: new Set(traceIds.filter((_, number) => (pagesByTrace[number] ?? 0) & (1 << page.number))),
  }));
}

function rowsOf(scope: ReadScope, page: Page, ids: ReadonlySet<string>): RowMask {
  const column = page.texts('trace_id');
  const own = rowsOfTenant(scope, page);
  if (ids.size > FEW_TRACES) return rowsWhereText(column, (text) => ids.has(text), own);
  let rows = noneOf(page.rows);
  for (const id of ids) rows = either(rows, rowsEqual(column, needleOf(id), own));
  return rows;
}
