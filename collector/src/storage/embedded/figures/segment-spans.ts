import type { SpanLink } from '../../../api/index.ts';
import { isHealthPath } from '../../../model/health-path.ts';
import type { CountableSpan, SpanAlike } from '../../figures/figure-counter.ts';
import { HashTable } from '../../figures/recent-map.ts';
import { type IdBytes, idBytes } from '../../figures/span-hash.ts';
import { HOST_KEYS, MEANING_KEYS, PATH_KEYS, ROUTE_KEY, SERVER, spanMeaning, weightOf } from '../../figures/span-meaning.ts';
import type { LongPage } from '../parquet/decode-column.ts';
import { type TextColumn, textOf } from '../reading/column-values.ts';
import { Page } from '../reading/page.ts';
import { PageCache } from '../reading/page-cache.ts';
import type { RowGroup } from '../segments/segment.ts';
import { AttributeTexts, hashReader } from './attribute-texts.ts';
import { minuteReader } from './minute-reader.ts';
import { SourceReader } from './source-reader.ts';

/** Each page is read once; what a row group's pages have in common is kept while they are read. */
const CACHE_BYTES = 8 * 1024 * 1024;

/** Other spans begin anew. */
const MAX_ALIKE = 20_000;

/** Reads spans from row groups, one row group after the other. Those that are alike are looked into once. */
export class SpanReader {
  readonly #attributes = new AttributeTexts(MEANING_KEYS, {
    told: { keys: PATH_KEYS, unless: ROUTE_KEY, tell: isHealthPath },
    onDemand: HOST_KEYS,
  });
  readonly #textOfKey = (key: string): string | undefined => this.#attributes.get(key);
  readonly #sources = new SourceReader();
  /** Places in the list by the hash of what spans that are alike have in common. */
  #places = new HashTable();
  #alike: SpanAlike[] = [];
  /** What the last row's `rest` came to. */
  #rest = { text: '{}', weight: 1, links: noLinks };

  /** Calls with each span, in the order of their writing; what it is given is good until the next call. Throws `DamagedSegmentError`. */
  visit(group: RowGroup, visit: (span: CountableSpan) => void): void {
    const cache = new PageCache(CACHE_BYTES);
    for (let number = 0; number < group.pages; number += 1) this.#visitPage(new Page(group, number, cache), visit);
  }

  #visitPage(page: Page, visit: (span: CountableSpan) => void): void {
    const alikeOf = this.#alikeReader(page);
    const rests = page.texts('rest');
    const roots = page.codes('is_root');
    const errors = page.codes('is_error');
    const minuteOf = minuteReader(page.longs('time_nanos'));
    const durationOf = numbers(page.longs('duration_nanos'));
    const traceId = idReader(page.texts('trace_id'));
    const spanId = idReader(page.texts('span_id'));
    const parentId = idReader(page.texts('parent_span_id'));
    let lastRest = -1;
    // One is filled again and again: on this path objects cost more than the counting.
    const span: Filled<CountableSpan> = { ...NO_SPAN };
    for (let row = 0; row < page.rows; row += 1) {
      const isRoot = roots.entries[roots.indexes[row] ?? 0] === 1;
      const alike = alikeOf(row, isRoot);
      const restIndex = rests.entries ? (rests.indexes[row] ?? 0) : -1;
      if (restIndex === -1 || restIndex !== lastRest) this.#readRest(textOf(rests, row));
      lastRest = restIndex;
      const { weight, links } = this.#rest;
      span.alike = alike;
      span.minute = minuteOf(row);
      span.durationNanos = durationOf(row);
      span.isError = errors.entries[errors.indexes[row] ?? 0] === 1;
      span.weight = weight;
      span.traceId = traceId(row);
      span.spanId = spanId(row);
      span.parentSpanId = isRoot ? undefined : parentId(row);
      span.links = alike.meaning.takesMessages ? links : noLinks;
      visit(span);
    }
  }

  /** What gives each row's spans that are alike. */
  #alikeReader(page: Page): (row: number, isRoot: boolean) => SpanAlike {
    const sourceOf = this.#sources.of(page);
    this.#attributes.startPage(page);
    const names = page.texts('name');
    const kinds = page.codes('kind');
    const nameHashOf = hashReader(names);
    return (row, isRoot) => {
      const { number, source } = sourceOf(row);
      const kind = kinds.entries[kinds.indexes[row] ?? 0] ?? 0;
      this.#attributes.read(row, kind !== SERVER);
      const hash = this.#attributes.hash;
      const nameHash = nameHashOf(row);
      hash.high = Math.imul(hash.high ^ nameHash, 0x85ebca6b);
      hash.low = (Math.imul(hash.low ^ (number * 16 + kind * 2 + (isRoot ? 1 : 0)), 0xc2b2ae35) + nameHash) | 0;
      const known = this.#alike[this.#places.get(hash)];
      if (known) return known;
      const alike = { source, kind, meaning: spanMeaning({ name: textOf(names, row), kind, isRoot }, this.#textOfKey) };
      if (this.#alike.length >= MAX_ALIKE) {
        this.#alike = [];
        this.#places = new HashTable();
      }
      this.#places.set(hash, this.#alike.push(alike) - 1);
      return alike;
    };
  }

  #readRest(text: string): void {
    if (this.#rest.text === text) return;
    const { traceState, links }: { traceState?: string; links?: SpanLink[] } = JSON.parse(text);
    this.#rest = {
      text,
      weight: weightOf(traceState ?? ''),
      links: links?.map((link) => ({ traceId: idBytes(link.traceId), spanId: idBytes(link.spanId) })) ?? noLinks,
    };
  }
}

const noLinks: CountableSpan['links'] = [];

type Filled<T> = { -readonly [K in keyof T]: T[K] };

const NO_ID = idBytes('');
/** What stands in a span until the first row does. */
const NO_SPAN: CountableSpan = {
  alike: {
    source: { tenant: '', service: '', namespace: '', version: '', environment: '', instance: '' },
    kind: 0,
    meaning: spanMeaning({ name: '', kind: 0, isRoot: false }, () => undefined),
  },
  minute: 0,
  // No whole numbers, as durations are not: the field holds what it is given without an object for each.
  durationNanos: 0.5,
  isError: false,
  weight: 1,
  traceId: NO_ID,
  spanId: NO_ID,
  parentSpanId: undefined,
  links: noLinks,
};

function numbers(page: LongPage): (row: number) => number {
  const { wide } = page;
  if (wide) return (row) => Number(wide[row] ?? 0n);
  const base = Number(page.base);
  const { offsets } = page;
  return (row) => base + (offsets[row] ?? 0);
}

/** The bytes of each row's id, good until the next row's. */
function idReader(column: TextColumn): (row: number) => IdBytes {
  if (column.entries) {
    const entries = column.entries.map(idBytes);
    return (row) => entries[column.indexes[row] ?? 0] ?? idBytes('');
  }
  const { bytes, starts } = column;
  const id = { bytes, start: 0, end: 0 };
  return (row) => {
    id.start = starts[row] ?? 0;
    id.end = starts[row + 1] ?? 0;
    return id;
  };
}
