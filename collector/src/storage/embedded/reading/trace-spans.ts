import type { Span } from '../../../api/index.ts';
import type { RowKey } from '../../../model/record.ts';
import { compareRowKeys } from '../../../model/row-key-order.ts';
import { hasTarget, MAX_TARGETS, TARGET_KEYS, targetOfPeer, URL_KEYS } from '../../call-target.ts';
import { type Peer, spanPeer } from '../../figures/span-meaning.ts';
import type { NumberedTexts, SpanExtras, TraceSpansPage, TraceSpansRequest } from '../../trace-spans.ts';
import { AttributeTexts } from '../figures/attribute-texts.ts';
import type { RowMask } from '../matching/row-mask.ts';
import { longAt } from '../parquet/decode-column.ts';
import { type TextColumn, textOf } from './column-values.ts';
import type { Page } from './page.ts';
import type { ReadScope } from './read-scope.ts';
import { Scan } from './scan.ts';
import { windowOfRange } from './time-window.ts';
import { idReader } from './top-rows.ts';

const ID_DIGITS = 16;
const ZERO = '0'.charCodeAt(0);
/** Texts of `rest` that are longer are rarely met twice. */
const MAX_KNOWN_REST = 100;
/** Other peers begin anew. */
const MAX_KNOWN_PEERS = 10_000;

/** Fields of `rest` that a waterfall shows, or that stand in place of what a column has. */
type Rest = Partial<
  Pick<
    Span,
    | 'spanId'
    | 'parentSpanId'
    | 'name'
    | 'kind'
    | 'status'
    | 'endTimeUnixNano'
    | 'events'
    | 'links'
    | 'droppedAttributesCount'
    | 'droppedEventsCount'
    | 'droppedLinksCount'
  >
>;

/** The next spans of a trace, from columns to columns. */
export function readTraceSpans(scope: ReadScope, request: TraceSpansRequest): TraceSpansPage {
  const { traceId, limit, after } = request;
  const found = new FoundSpans(limit + 1, after);
  const query = { type: 'equals', field: { type: 'record', name: 'traceId' }, value: traceId } as const;
  const window = windowOfRange(after === undefined ? {} : { fromNanos: after.timeNanos });
  new Scan(scope, { table: 'spans', query, window }).visit(
    'asc',
    (page, rows) => found.add(page, rows),
    (from) => found.isEnough(from),
  );
  const order = found.order();
  const hasMore = order.length > limit;
  if (hasMore) order.length = limit;
  return found.columns(order, hasMore);
}

/** Matching rows by number, until the first of them are known. */
class FoundSpans {
  readonly #wanted: number;
  readonly #after: RowKey | undefined;
  readonly #pages: Page[] = [];
  /** By the row's number here. */
  readonly #pageOf: number[] = [];
  readonly #rowOf: number[] = [];
  readonly #times: number[] = [];
  readonly #keyAt = new Map<Page, (row: number) => RowKey>();
  #base: bigint | undefined;
  /** Numbers of rows that may be among the first. */
  #candidates: number[] = [];
  /** The time that rows must not be beyond to be among the first; undefined while there are too few. */
  #worst: bigint | undefined;
  #worstTime = Number.POSITIVE_INFINITY;

  constructor(wanted: number, after: RowKey | undefined) {
    this.#wanted = wanted;
    this.#after = after;
  }

  isEnough(from: bigint): boolean {
    return this.#worst !== undefined && from > this.#worst;
  }

  add(page: Page, rows: RowMask): void {
    const times = page.longs('time_nanos');
    const pageNumber = this.#pages.push(page) - 1;
    this.#base ??= this.#after?.timeNanos ?? page.least;
    const base = this.#base;
    const shift = times.wide ? 0 : Number(times.base - base);
    // Rows of the time of `after` are told apart by the rest of their keys.
    const isBefore = this.#after === undefined ? -Infinity : Number(this.#after.timeNanos - base);
    for (let row = rows.indexOf(1); row !== -1; row = rows.indexOf(1, row + 1)) {
      const time = times.wide ? Number((times.wide[row] ?? 0n) - base) : shift + (times.offsets[row] ?? 0);
      if (time > this.#worstTime) continue;
      if (time <= isBefore && this.#after !== undefined && compareRowKeys(this.#key(page, row), this.#after) <= 0) continue;
      this.#candidates.push(this.#times.push(time) - 1);
      this.#pageOf.push(pageNumber);
      this.#rowOf.push(row);
    }
    if (this.#candidates.length >= 2 * this.#wanted || (this.#worst === undefined && this.#candidates.length >= this.#wanted)) this.#trim();
  }

  /** The numbers of the first rows, in order. */
  order(): number[] {
    this.#trim();
    return this.#candidates;
  }

  columns(order: readonly number[], hasMore: boolean): TraceSpansPage {
    const columns = new SpanColumnBuilder(order.length);
    for (let place = 0; place < order.length; place += 1) {
      const number = order[place] ?? 0;
      columns.add(place, { page: this.#pages[this.#pageOf[number] ?? 0], row: this.#rowOf[number] ?? 0, time: this.#times[number] ?? 0 });
    }
    const last = order.at(-1);
    const page = last === undefined ? undefined : this.#pages[this.#pageOf[last] ?? 0];
    return {
      ...columns.finish(),
      baseNanos: this.#base ?? 0n,
      ...(last !== undefined && page !== undefined && { last: this.#key(page, this.#rowOf[last] ?? 0) }),
      hasMore,
    };
  }

  #trim(): void {
    this.#candidates.sort((left, right) => (this.#times[left] ?? 0) - (this.#times[right] ?? 0) || this.#compareKeys(left, right));
    if (this.#candidates.length < this.#wanted) return;
    this.#candidates.length = this.#wanted;
    const last = this.#candidates.at(-1) ?? 0;
    const page = this.#pages[this.#pageOf[last] ?? 0];
    if (page) this.#worst = longAt(page.longs('time_nanos'), this.#rowOf[last] ?? 0);
    this.#worstTime = this.#times[last] ?? Number.POSITIVE_INFINITY;
  }

  /** Of rows whose times are the same number. */
  #compareKeys(left: number, right: number): number {
    const [one, other] = [this.#pages[this.#pageOf[left] ?? 0], this.#pages[this.#pageOf[right] ?? 0]];
    if (one === undefined || other === undefined || left === right) return 0;
    return compareRowKeys(this.#key(one, this.#rowOf[left] ?? 0), this.#key(other, this.#rowOf[right] ?? 0));
  }

  #key(page: Page, row: number): RowKey {
    let keyAt = this.#keyAt.get(page);
    if (keyAt === undefined) {
      const [times, sequences, ids] = [page.longs('time_nanos'), page.longs('sequence'), idReader(page)];
      keyAt = (of) => ({ timeNanos: longAt(times, of), sequence: longAt(sequences, of), id: ids(of) });
      this.#keyAt.set(page, keyAt);
    }
    return keyAt(row);
  }
}

interface FoundSpan {
  readonly page: Page | undefined;
  readonly row: number;
  readonly time: number;
}

/** What of a page is read row by row. */
interface PageReaders {
  readonly spanIds: TextColumn;
  readonly parentIds: TextColumn;
  readonly names: (row: number) => number;
  readonly services: (row: number) => number;
  readonly kindAt: (row: number) => unknown;
  readonly statusAt: (row: number) => unknown;
  readonly durationAt: (row: number) => number;
  readonly timeAt: (row: number) => bigint;
  readonly rests: TextColumn;
  /** Places and rows, by turns, of spans that call somebody. */
  readonly calls: number[];
}

class SpanColumnBuilder {
  readonly #rows: number;
  readonly #spanIds: Buffer;
  readonly #parentIds: Buffer;
  readonly #starts: Float64Array;
  readonly #durations: Float64Array;
  readonly #kinds: Int32Array;
  readonly #statuses: Int32Array;
  readonly #names: TextNumbers;
  readonly #services: TextNumbers;
  readonly #targets: TextNumbers;
  readonly #extras: SpanExtras[] = [];
  readonly #readers = new Map<Page, PageReaders>();
  readonly #rests = new Map<string, Rest>();

  constructor(rows: number) {
    this.#rows = rows;
    this.#spanIds = Buffer.alloc(rows * ID_DIGITS, ZERO);
    this.#parentIds = Buffer.alloc(rows * ID_DIGITS, ZERO);
    this.#starts = new Float64Array(rows);
    this.#durations = new Float64Array(rows);
    this.#kinds = new Int32Array(rows);
    this.#statuses = new Int32Array(rows);
    this.#names = new TextNumbers(rows);
    this.#services = new TextNumbers(rows);
    this.#targets = new TextNumbers(rows);
    this.#targets.numberOf('');
  }

  add(place: number, { page, row, time }: FoundSpan): void {
    if (page === undefined) return;
    const readers = this.#readersOf(page);
    this.#starts[place] = time;
    this.#durations[place] = readers.durationAt(row);
    this.#kinds[place] = Number(readers.kindAt(row));
    this.#statuses[place] = Number(readers.statusAt(row));
    this.#names.indexes[place] = readers.names(row);
    this.#services.indexes[place] = readers.services(row);
    writeId(this.#spanIds, place, readers.spanIds, row);
    writeId(this.#parentIds, place, readers.parentIds, row);
    const rest = textOf(readers.rests, row);
    if (rest !== '{}') this.#addRest(place, this.#parsed(rest), readers.timeAt(row));
    if (hasTarget(this.#kinds[place] ?? 0)) readers.calls.push(place, row);
  }

  finish() {
    this.#addTargets();
    return {
      rows: this.#rows,
      spanIds: this.#spanIds.toString('latin1'),
      parentIds: this.#parentIds.toString('latin1'),
      starts: this.#starts,
      durations: this.#durations,
      kinds: this.#kinds,
      statuses: this.#statuses,
      names: this.#names.finish(),
      services: this.#services.finish(),
      targets: this.#targets.finish(),
      extras: this.#extras,
    };
  }

  #readersOf(page: Page): PageReaders {
    const known = this.#readers.get(page);
    if (known) return known;
    const durations = page.longs('duration_nanos');
    const durationBase = durations.wide ? 0 : Number(durations.base);
    const times = page.longs('time_nanos');
    const readers: PageReaders = {
      spanIds: page.texts('span_id'),
      parentIds: page.texts('parent_span_id'),
      names: this.#names.reader(page.texts('name')),
      services: this.#services.reader(page.texts('service')),
      kindAt: page.reader('kind'),
      statusAt: page.reader('status'),
      durationAt: (row) => (durations.wide ? Number(durations.wide[row] ?? 0n) : durationBase + (durations.offsets[row] ?? 0)),
      timeAt: (row) => longAt(times, row),
      rests: page.texts('rest'),
      calls: [],
    };
    this.#readers.set(page, readers);
    return readers;
  }

  /** Page by page: what of one is read at a time. Spans that are alike but for their URLs are looked into once. */
  #addTargets(): void {
    const attributes = new AttributeTexts(TARGET_KEYS, { onDemand: URL_KEYS });
    const textOfKey = (key: string): string | undefined => attributes.get(key);
    const peers = new Map<string, Peer | undefined>();
    const { entries } = this.#names.finish();
    for (const [page, { calls }] of this.#readers) {
      if (calls.length > 0) attributes.startPage(page);
      for (let call = 0; call < calls.length; call += 2) {
        const place = calls[call] ?? 0;
        attributes.read(calls[call + 1] ?? 0, false);
        const kind = this.#kinds[place] ?? 0;
        const id = `${attributes.hash.high} ${attributes.hash.low} ${kind}`;
        let peer = peers.get(id);
        if (peer === undefined && !peers.has(id)) {
          peer = spanPeer(kind, textOfKey);
          if (peers.size >= MAX_KNOWN_PEERS) peers.clear();
          peers.set(id, peer);
        }
        const name = entries[this.#names.indexes[place] ?? 0] ?? '';
        this.#targets.indexes[place] = this.#targets.numberOf(
          targetOfPeer(name, peer, this.#targets.size < MAX_TARGETS ? textOfKey : noUrl),
        );
      }
    }
  }

  #parsed(text: string): Rest {
    const known = this.#rests.get(text);
    if (known) return known;
    // What `record-rest.ts` wrote has these fields with these types.
    const rest: Rest = JSON.parse(text);
    if (text.length <= MAX_KNOWN_REST) this.#rests.set(text, rest);
    return rest;
  }

  /** A field that is in `rest` counts. */
  #addRest(place: number, rest: Rest, timeNanos: bigint): void {
    if (rest.spanId !== undefined) this.#spanIds.fill(ZERO, place * ID_DIGITS, (place + 1) * ID_DIGITS);
    if (rest.parentSpanId !== undefined) this.#parentIds.fill(ZERO, place * ID_DIGITS, (place + 1) * ID_DIGITS);
    if (rest.name !== undefined) this.#names.indexes[place] = this.#names.numberOf(rest.name);
    if (rest.kind !== undefined) this.#kinds[place] = rest.kind;
    if (rest.status !== undefined) this.#statuses[place] = rest.status.code ?? 0;
    let earlyNanos: number | undefined;
    if (rest.endTimeUnixNano !== undefined) {
      const nanos = Number(BigInt(rest.endTimeUnixNano) - timeNanos);
      this.#durations[place] = Math.max(0, nanos);
      if (nanos < 0) earlyNanos = rest.endTimeUnixNano === '0' ? 0 : -nanos;
    }
    const { events = [], links = [], droppedAttributesCount = 0, droppedEventsCount = 0, droppedLinksCount = 0 } = rest;
    const details = events.length + links.length + droppedAttributesCount + droppedEventsCount + droppedLinksCount;
    if (details === 0 && earlyNanos === undefined) return;
    this.#extras.push({
      row: place,
      events: events.map(({ timeUnixNano, name }) => ({ timeUnixNano, name: name ?? '' })),
      links: links.map(({ traceId, spanId }) => ({ traceId, spanId })),
      droppedAttributes: droppedAttributesCount,
      droppedEvents: droppedEventsCount,
      droppedLinks: droppedLinksCount,
      ...(earlyNanos !== undefined && { earlyNanos }),
    });
  }
}

const noUrl = (): undefined => undefined;

/** Texts of many pages under one numbering. */
class TextNumbers {
  readonly indexes: Int32Array;
  readonly #entries: string[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(rows: number) {
    this.indexes = new Int32Array(rows);
  }

  numberOf(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#entries.push(text) - 1;
      this.#numbers.set(text, number);
    }
    return number;
  }

  /** Each of a dictionary's texts is looked up once. */
  reader(column: TextColumn): (row: number) => number {
    const { entries } = column;
    if (entries === undefined) return (row) => this.numberOf(textOf(column, row));
    const { indexes } = column;
    const numbers = new Int32Array(entries.length).fill(-1);
    return (row) => {
      const entry = indexes[row] ?? 0;
      const known = numbers[entry] ?? -1;
      if (known >= 0) return known;
      const number = this.numberOf(entries[entry] ?? '');
      numbers[entry] = number;
      return number;
    };
  }

  get size(): number {
    return this.#entries.length;
  }

  finish(): NumberedTexts {
    return { entries: this.#entries, indexes: this.indexes };
  }
}

/** What is no id of 16 digits leaves the zeros there. */
function writeId(out: Buffer, place: number, column: TextColumn, row: number): void {
  if (column.entries !== undefined) {
    const text = column.entries[column.indexes[row] ?? 0] ?? '';
    if (text.length === ID_DIGITS) out.write(text, place * ID_DIGITS, 'latin1');
    return;
  }
  const start = column.starts[row] ?? 0;
  const end = column.starts[row + 1] ?? 0;
  if (end - start === ID_DIGITS) column.bytes.copy(out, place * ID_DIGITS, start, end);
}
