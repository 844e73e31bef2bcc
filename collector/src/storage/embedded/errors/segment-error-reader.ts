import { ErrorNames } from '../../errors/error-names.ts';
import type { ErrorRecord } from '../../errors/error-set.ts';
import { sourceOf } from '../../figures/countable-span.ts';
import { EXCEPTION_TOKENS } from '../filter/exception-tokens.ts';
import { decodeLeaves } from '../leaf-text.ts';
import { longAt } from '../parquet/decode-column.ts';
import { textOf } from '../reading/column-values.ts';
import { Page } from '../reading/page.ts';
import { PageCache } from '../reading/page-cache.ts';
import type { RowGroup } from '../segments/segment.ts';
import { PageExceptions } from './page-exceptions.ts';

/** Each page is read once. */
const CACHE_BYTES = 8 * 1024 * 1024;
/** Of resources that were looked into. */
const MAX_RESOURCES = 10_000;

/** Reads errors from row groups, one row group after the other. Pages without any are told by their filter, and not looked at. */
export class SegmentErrorReader {
  readonly #names = new ErrorNames();
  readonly #exceptions = new PageExceptions();
  readonly #resources = new Map<string, ResourceNames>();

  /** Calls with each record's errors, in the order of their writing. Throws `DamagedSegmentError`. */
  visit(group: RowGroup, visit: (record: ErrorRecord) => void): void {
    const tokens = EXCEPTION_TOKENS[group.segment.table];
    const pages = group.probe({ type: 'some', probes: tokens.map((token) => ({ type: 'token', token })) });
    if (pages === 0) return;
    const cache = new PageCache(CACHE_BYTES);
    for (let number = 0; number < group.pages; number += 1)
      if ((pages & (1 << number)) !== 0) this.#visitPage(new Page(group, number, cache), visit);
  }

  #visitPage(page: Page, visit: (record: ErrorRecord) => void): void {
    const exceptionsAt = this.#exceptions.of(page);
    let columns: ReturnType<typeof columnsOf> | undefined;
    for (let row = 0; row < page.rows; row += 1) {
      const exceptions = exceptionsAt(row);
      if (exceptions.length === 0) continue;
      columns ??= columnsOf(page);
      const { tenants, services, resources, times, traceIds, spanIds, names } = columns;
      const seen = new Set<string>();
      for (const exception of exceptions) {
        const name = this.#names.of(exception);
        // What a span says several times is one.
        if (seen.has(name.fingerprint)) continue;
        seen.add(name.fingerprint);
        visit({
          ...name,
          tenant: textOf(tenants, row),
          service: textOf(services, row),
          ...this.#namesOf(textOf(resources, row)),
          timeNanos: longAt(times, row),
          traceId: textOf(traceIds, row),
          spanId: textOf(spanIds, row),
          operation: names ? textOf(names, row) : '',
          isSpan: names !== undefined,
        });
      }
    }
  }

  #namesOf(resource: string): ResourceNames {
    const known = this.#resources.get(resource);
    if (known) return known;
    const leaves = decodeLeaves(resource, () => '');
    const textOfKey = (key: string): string | undefined => leaves.find((leaf) => leaf.key === key)?.text;
    const { version, environment } = sourceOf({ tenant: '', service: '', textOfKey });
    if (this.#resources.size >= MAX_RESOURCES) this.#resources.clear();
    const names = { version, environment };
    this.#resources.set(resource, names);
    return names;
  }
}

type ResourceNames = Pick<ErrorRecord, 'version' | 'environment'>;

function columnsOf(page: Page) {
  return {
    tenants: page.texts('tenant'),
    services: page.texts('service'),
    resources: page.texts('resource'),
    times: page.longs('time_nanos'),
    traceIds: page.texts('trace_id'),
    spanIds: page.texts('span_id'),
    names: page.table === 'spans' ? page.texts('name') : undefined,
  };
}
