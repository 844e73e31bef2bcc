import { levelOfRecord, withoutPath } from '@threadline/query-language';
import { serviceOf } from '../../analysis/typed-attributes.ts';
import { type AnyValue, LEVEL_NAMES, type LogRecord, type Span, type TraceLogsLine, type TraceSpansLine } from '../../api/index.ts';
import { callTarget, MAX_TARGETS } from '../../storage/call-target.ts';
import { textOfAttribute } from '../../storage/figures/countable-span.ts';
import type { Row } from '../../storage/storage.ts';
import type { NumberedTexts, TraceSpansPage } from '../../storage/trace-spans.ts';

/** What a row of a waterfall shows of a body. */
const BODY_CHARACTERS = 400;
const NO_ID = '0'.repeat(16);

/** Makes lines of columns; what it has named once it names by number from then on. */
export interface ColumnWriter {
  spans(rows: readonly Row<Span>[]): TraceSpansLine;
  /** The same line of what a storage has in columns. */
  spanColumns(page: TraceSpansPage): TraceSpansLine;
  logs(rows: readonly Row<LogRecord>[]): TraceLogsLine;
}

/** Times are counted from `startNanos`. A span's start and a log's time are their keys', an end before its start is the start. */
export function createColumnWriter(startNanos: bigint): ColumnWriter {
  const names = new Dictionary();
  const services = new Dictionary();
  const targets = new Dictionary({ max: MAX_TARGETS, short: withoutPath });
  const since = (nanos: bigint): number => Number(nanos - startNanos);
  return {
    spans(rows) {
      const line: TraceSpansLine = {
        type: 'spans',
        ids: rows.map(({ record }) => idOf(record.spanId)).join(''),
        parents: rows.map(({ record }) => idOf(record.parentSpanId)).join(''),
        starts: rows.map(({ key }) => since(key.timeNanos)),
        durations: rows.map(({ key, record }) => Math.max(0, Number(BigInt(record.endTimeUnixNano) - key.timeNanos))),
        names: rows.map(({ record }) => names.indexOf(record.name)),
        newNames: names.takeNew(),
        services: rows.map(({ record }) => services.indexOf(serviceOf(record))),
        newServices: services.takeNew(),
        targets: rows.map(({ record }) => targets.indexOf(targetOf(record))),
        newTargets: targets.takeNew(),
        kinds: rows.map(({ record }) => digit(record.kind)).join(''),
        statuses: rows.map(({ record }) => digit(record.status?.code)).join(''),
        events: [],
        links: [],
        dropped: [],
        early: [],
      };
      for (const [span, { key, record }] of rows.entries()) addDetails(line, { record, span, since, startNanos: key.timeNanos });
      return line;
    },
    spanColumns(page) {
      const line: TraceSpansLine = {
        type: 'spans',
        ids: page.spanIds,
        parents: page.parentIds,
        starts: Array.from(page.starts, shiftedBy(since(page.baseNanos))),
        durations: Array.from(page.durations),
        names: names.indexesOf(page.names),
        newNames: names.takeNew(),
        services: services.indexesOf(page.services),
        newServices: services.takeNew(),
        targets: targets.indexesOf(page.targets),
        newTargets: targets.takeNew(),
        kinds: Array.from(page.kinds, digit).join(''),
        statuses: Array.from(page.statuses, digit).join(''),
        events: [],
        links: [],
        dropped: [],
        early: [],
      };
      for (const { row: span, events, links, droppedAttributes, droppedEvents, droppedLinks, earlyNanos } of page.extras) {
        for (const { timeUnixNano, name } of events) line.events.push({ span, time: since(BigInt(timeUnixNano)), name });
        for (const { traceId, spanId } of links) line.links.push({ span, traceId, spanId });
        if (droppedAttributes + droppedEvents + droppedLinks > 0) {
          line.dropped.push({ span, attributes: droppedAttributes, events: droppedEvents, links: droppedLinks });
        }
        if (earlyNanos !== undefined) line.early.push({ span, nanos: earlyNanos });
      }
      return line;
    },
    logs: (rows) => ({
      type: 'logs',
      ids: rows.map(({ record }) => record.id),
      spans: rows.map(({ record }) => idOf(record.spanId)).join(''),
      times: rows.map(({ key }) => since(key.timeNanos)),
      levels: rows.map(({ record }) => LEVEL_NAMES.indexOf(levelOfRecord(record.severityNumber ?? 0, record.severityText ?? ''))),
      services: rows.map(({ record }) => services.indexOf(serviceOf(record))),
      newServices: services.takeNew(),
      bodies: rows.map(({ record }) => shortBody(record.body)),
    }),
  };
}

interface SpanInLine {
  readonly record: Span;
  readonly span: number;
  readonly since: (nanos: bigint) => number;
  readonly startNanos: bigint;
}

function addDetails(line: TraceSpansLine, { record, span, since, startNanos: start }: SpanInLine): void {
  for (const event of record.events ?? []) line.events.push({ span, time: since(BigInt(event.timeUnixNano)), name: event.name ?? '' });
  for (const link of record.links ?? []) line.links.push({ span, traceId: link.traceId, spanId: link.spanId });
  const attributes = record.droppedAttributesCount ?? 0;
  const events = record.droppedEventsCount ?? 0;
  const links = record.droppedLinksCount ?? 0;
  if (attributes + events + links > 0) line.dropped.push({ span, attributes, events, links });
  const end = BigInt(record.endTimeUnixNano);
  if (end < start) line.early.push({ span, nanos: end === 0n ? 0 : Number(start - end) });
}

function targetOf({ name, kind = 0, attributes }: Span): string {
  return callTarget({ name, kind }, (key) => textOfAttribute(attributes, key));
}

/** Every id has its 16 places. */
function idOf(id = ''): string {
  return id.length === NO_ID.length ? id : NO_ID;
}

function shiftedBy(nanos: number): (start: number) => number {
  return (start) => start + nanos;
}

/** Enumerations of OTLP have one digit; what a sender made up is 0, not specified. */
function digit(value = 0): number {
  return Number.isInteger(value) && value >= 0 && value <= 9 ? value : 0;
}

/** Maps and arrays go as they are where they are short; of longer ones the list has no use. */
function shortBody(body: AnyValue = {}): AnyValue {
  const text = body.stringValue ?? body.bytesValue;
  if (text !== undefined) return { stringValue: cut(text) };
  const json = JSON.stringify(body);
  return json.length <= BODY_CHARACTERS ? body : { stringValue: cut(json) };
}

function cut(text: string): string {
  return text.length <= BODY_CHARACTERS ? text : `${text.slice(0, BODY_CHARACTERS)}…`.toWellFormed();
}

const ALL = { max: Number.POSITIVE_INFINITY, short: (text: string) => text };

class Dictionary {
  readonly #places = new Map<string, number>();
  readonly #max: number;
  readonly #short: (text: string) => string;
  #new: string[] = [];

  /** `short`: what texts are told by that come when there are as many as `max`. */
  constructor({ max, short }: { readonly max: number; readonly short: (text: string) => string } = ALL) {
    this.#max = max;
    this.#short = short;
  }

  indexOf(text: string): number {
    let place = this.#places.get(text);
    if (place === undefined && this.#places.size >= this.#max) {
      const short = this.#short(text);
      if (short !== text) return this.indexOf(short);
    }
    if (place === undefined) {
      place = this.#places.size;
      this.#places.set(text, place);
      this.#new.push(text);
    }
    return place;
  }

  /** Each of the texts is looked up once. */
  indexesOf({ entries, indexes }: NumberedTexts): number[] {
    const places = new Int32Array(entries.length).fill(-1);
    return Array.from(indexes, (entry) => {
      if (places[entry] === -1) places[entry] = this.indexOf(entries[entry] ?? '');
      return places[entry] ?? 0;
    });
  }

  /** What was met since it was last asked, in the order of its numbers. */
  takeNew(): string[] {
    const taken = this.#new;
    this.#new = [];
    return taken;
  }
}
