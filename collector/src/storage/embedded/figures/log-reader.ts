import { ERROR_LEVELS } from '../../figures/error-levels.ts';
import type { SpanSource } from '../../figures/figure-counter.ts';
import type { FigureCounts } from '../../figures/figures.ts';
import { Page } from '../reading/page.ts';
import { PageCache } from '../reading/page-cache.ts';
import { levelNumber } from '../record-fields.ts';
import type { RowGroup } from '../segments/segment.ts';
import { minuteReader } from './minute-reader.ts';
import { type NumberedSource, SourceReader } from './source-reader.ts';

/** Each page is read once; what a row group's pages have in common is kept while they are read. */
const CACHE_BYTES = 8 * 1024 * 1024;
const NANOS_A_MINUTE = 60_000_000_000n;
const NO_DURATIONS: FigureCounts['durations'] = { buckets: [], counts: [] };
const ERROR_NUMBERS: ReadonlySet<number> = new Set(ERROR_LEVELS.map(levelNumber));

/** Counts log records by where they come from and by minute. */
export class LogReader {
  readonly #sources = new SourceReader();

  /** Calls once for each source and minute of a page. Throws `DamagedSegmentError`. */
  visit(group: RowGroup, visit: (source: SpanSource, minute: number, counts: FigureCounts) => void): void {
    const cache = new PageCache(CACHE_BYTES);
    for (let number = 0; number < group.pages; number += 1) {
      for (const { from, minute, count, errors } of this.#count(new Page(group, number, cache)))
        visit(from.source, minute, { spans: count, count, errors, durations: NO_DURATIONS });
    }
  }

  #count(page: Page): Iterable<Counted> {
    const sourceOf = this.#sources.of(page);
    const { entries, indexes } = page.codes('level');
    const minuteOf = minutesOf(page);
    const counts = new Map<string, Counted>();
    let last: Counted | undefined;
    for (let row = 0; row < page.rows; row += 1) {
      const from = sourceOf(row);
      const minute = minuteOf(row);
      if (last?.from !== from || last.minute !== minute) {
        const id = `${from.number} ${minute}`;
        last = counts.get(id) ?? { from, minute, count: 0, errors: 0 };
        counts.set(id, last);
      }
      last.count += 1;
      if (ERROR_NUMBERS.has(entries[indexes[row] ?? 0] ?? 0)) last.errors += 1;
    }
    return counts.values();
  }
}

interface Counted {
  readonly from: NumberedSource;
  readonly minute: number;
  count: number;
  errors: number;
}

/** Most pages are of one minute, and need not be looked at for that. */
function minutesOf(page: Page): (row: number) => number {
  const [first, last] = [page.least / NANOS_A_MINUTE, page.greatest / NANOS_A_MINUTE];
  if (first !== last) return minuteReader(page.longs('time_nanos'));
  const minute = Number(first);
  return () => minute;
}
