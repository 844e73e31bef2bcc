import type { SpanEvent } from '../../../api/index.ts';
import { ErrorNames } from '../../errors/error-names.ts';
import type { ErrorRecord } from '../../errors/error-set.ts';
import {
  EXCEPTION_EVENT,
  EXCEPTION_MESSAGE,
  EXCEPTION_STACK,
  EXCEPTION_TYPE,
  type Exception,
  exceptionOf,
  exceptionsOfEvents,
  isException,
} from '../../errors/exceptions.ts';
import { VERSION_ATTRIBUTE } from '../../figures/countable-span.ts';
import { AttributeTexts } from '../figures/attribute-texts.ts';
import { fieldToken, keyToken } from '../filter/token-hash.ts';
import { decodeLeaves, encodeLeaf, LEAF_CLASSES, RECORD_SEPARATOR } from '../leaf-text.ts';
import { longAt } from '../parquet/decode-column.ts';
import { type TextColumn, textOf } from '../reading/column-values.ts';
import { Page } from '../reading/page.ts';
import { PageCache } from '../reading/page-cache.ts';
import type { RowGroup } from '../segments/segment.ts';

/** Each page is read once. */
const CACHE_BYTES = 8 * 1024 * 1024;
/** Of resources whose version is known. */
const MAX_RESOURCES = 10_000;
/** What each span's event names have that says an exception. */
const EVENT_LEAF = RECORD_SEPARATOR + encodeLeaf('', EXCEPTION_EVENT, LEAF_CLASSES.text);
const LOG_KEYS = [EXCEPTION_TYPE, EXCEPTION_STACK];

/** Reads errors from row groups, one row group after the other. Pages without any are told by their filter, and not looked at. */
export class SegmentErrorReader {
  readonly #names = new ErrorNames();
  readonly #attributes = new AttributeTexts([EXCEPTION_TYPE, EXCEPTION_MESSAGE, EXCEPTION_STACK]);
  readonly #versions = new Map<string, string>();

  /** Calls with each record's errors, in the order of their writing. Throws `DamagedSegmentError`. */
  visit(group: RowGroup, visit: (record: ErrorRecord) => void): void {
    const isOfLogs = group.segment.table === 'logs';
    const pages = isOfLogs
      ? group.probe({ type: 'some', probes: LOG_KEYS.map((key) => ({ type: 'token', token: keyToken(key) })) })
      : group.probe({ type: 'token', token: fieldToken('event', EXCEPTION_EVENT) });
    if (pages === 0) return;
    const cache = new PageCache(CACHE_BYTES);
    for (let number = 0; number < group.pages; number += 1) {
      if ((pages & (1 << number)) === 0) continue;
      const page = new Page(group, number, cache);
      this.#visitPage(page, isOfLogs ? this.#logReader(page) : this.#spanReader(page), visit);
    }
  }

  #visitPage(page: Page, exceptionsAt: (row: number) => readonly Exception[], visit: (record: ErrorRecord) => void): void {
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
          version: this.#versionOf(textOf(resources, row)),
          timeNanos: longAt(times, row),
          traceId: textOf(traceIds, row),
          spanId: textOf(spanIds, row),
          operation: names ? textOf(names, row) : '',
          isSpan: names !== undefined,
        });
      }
    }
  }

  #spanReader(page: Page): (row: number) => readonly Exception[] {
    const eventNames = page.texts('event_names');
    const hasException = textTest(eventNames, (text) => text.includes(EVENT_LEAF));
    let rests: TextColumn | undefined;
    return (row) => {
      if (!hasException(row)) return [];
      rests ??= page.texts('rest');
      const { events = [] }: { readonly events?: readonly SpanEvent[] } = JSON.parse(textOf(rests, row));
      return exceptionsOfEvents(events);
    };
  }

  #logReader(page: Page): (row: number) => readonly Exception[] {
    const attributes = this.#attributes;
    attributes.startPage(page);
    return (row) => {
      attributes.read(row);
      const exception = exceptionOf((key) => attributes.get(key));
      return isException(exception) ? [exception] : [];
    };
  }

  #versionOf(resource: string): string {
    const known = this.#versions.get(resource);
    if (known !== undefined) return known;
    const version = decodeLeaves(resource, () => '').find(({ key }) => key === VERSION_ATTRIBUTE)?.text ?? '';
    if (this.#versions.size >= MAX_RESOURCES) this.#versions.clear();
    this.#versions.set(resource, version);
    return version;
  }
}

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

/** A test of each row's text; of a dictionary's once for each of its entries. */
function textTest(column: TextColumn, test: (text: string) => boolean): (row: number) => boolean {
  if (!column.entries) return (row) => test(textOf(column, row));
  const found = column.entries.map(test);
  return (row) => found[column.indexes[row] ?? 0] ?? false;
}
