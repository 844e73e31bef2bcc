import type { LogRecord, Resource, Scope, Span } from '../../../api/index.ts';
import type { ColumnName } from '../columns.ts';
import {
  restoreLog,
  restoreSpan,
  type SharedJson,
  STORED_LOG_COLUMNS,
  STORED_SPAN_COLUMNS,
  type StoredLog,
  type StoredSpan,
} from '../rows/record-rest.ts';
import type { Page } from './page.ts';

interface RowPlace {
  readonly page: Page;
  readonly row: number;
}

/** Reads exact records. Resources and scopes of the same text are one object: most records of an answer share them. */
export class RowRestorer implements SharedJson {
  readonly #resources = new Map<string, Resource>();
  readonly #scopes = new Map<string, Scope>();

  logs(found: readonly RowPlace[]): LogRecord[] {
    return restoreRows(found, STORED_LOG_COLUMNS, (row: StoredLog) => restoreLog(row, this));
  }

  spans(found: readonly RowPlace[]): Span[] {
    return restoreRows(found, STORED_SPAN_COLUMNS, (row: StoredSpan) => restoreSpan(row, this));
  }

  resource(json: string): Resource {
    return parsedOnce(json, this.#resources);
  }

  scope(json: string): Scope {
    return parsedOnce(json, this.#scopes);
  }
}

/** In the order of the rows; page by page, so that only one has to be unpacked at a time. */
function restoreRows<R, T>(found: readonly RowPlace[], columns: readonly ColumnName[], restore: (row: R) => T): T[] {
  const restored: T[] = new Array(found.length);
  for (const [page, places] of Map.groupBy(found.keys(), (place) => found[place]?.page)) {
    if (!page) continue;
    const readers = columns.map((column) => [column, page.reader(column)] as const);
    const leavesAt = page.leafReader();
    for (const place of places) {
      const row = found[place]?.row ?? 0;
      // What `encode-record.ts` wrote has these columns with these types.
      restored[place] = restore({
        ...Object.fromEntries(readers.map(([column, read]) => [column, read(row)])),
        attributes: leavesAt(row),
      } as R);
    }
  }
  return restored;
}

function parsedOnce<T>(json: string, known: Map<string, T>): T {
  const parsed = known.get(json) ?? (JSON.parse(json) as T);
  known.set(json, parsed);
  return parsed;
}
