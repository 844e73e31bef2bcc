import { fieldToken } from '../filter/token-hash.ts';
import { needleOf, rowsEqual, rowsWhereText } from '../matching/match-columns.ts';
import { either, isEmpty, noneOf, type RowMask } from '../matching/row-mask.ts';
import type { Page } from './page.ts';
import type { ReadScope } from './read-scope.ts';
import { pagesOf, rowsOfTenant, visitGroups } from './scan.ts';

/** Of so few traces each is searched for by its bytes; of more each row's trace is looked up. */
const FEW_TRACES = 8;

/** Visits the pages with spans of the traces, with those. In no order. */
export function visitSpansOfTraces(scope: ReadScope, traceIds: readonly string[], visit: (page: Page, rows: RowMask) => void): void {
  const wanted = traceIds.map((id) => ({ needle: needleOf(id) }));
  const tokens = traceIds.map((id) => fieldToken('traceId', id));
  visitGroups(scope, scope.groups('spans'), (group) => {
    const pagesByTrace = group.pagesWithEach(tokens);
    const bits = pagesByTrace.reduce((all, pages) => all | pages, 0);
    for (const page of pagesOf(scope, group, bits)) {
      const onPage = wanted.filter((_, number) => (pagesByTrace[number] ?? 0) & (1 << page.number));
      const column = page.texts('trace_id');
      const own = rowsOfTenant(scope, page);
      let rows = noneOf(page.rows);
      if (onPage.length <= FEW_TRACES) for (const { needle } of onPage) rows = either(rows, rowsEqual(column, needle, own));
      else {
        const ids = new Set(onPage.map(({ needle }) => needle.text));
        rows = rowsWhereText(column, (text) => ids.has(text), own);
      }
      if (!isEmpty(rows)) visit(page, rows);
    }
    return true;
  });
}
