import type { QueryTarget, RecordField } from '@threadline/query-language';
import type { KeyValue, SpanEvent, SpanLink } from '../../api/index.ts';
import { type AttributeLeaf, attributeLeaves, bodyLeaves } from '../../model/attribute-leaves.ts';
import { MAX_INDEX_TIME_NANOS } from '../../model/indexed-record.ts';
import type { IndexedRecord } from '../../model/record.ts';
import { ErrorNames } from '../errors/error-names.ts';
import { type Exception, exceptionsOf } from '../errors/exceptions.ts';

/** OpenTelemetry's span kinds and status codes by number, as queries name them. A number beyond them has no name. */
export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
export const SPAN_STATUSES = ['unset', 'ok', 'error'];

/** The places that an index document has attributes in; also the names of its objects. */
export const PLACES = ['attributes', 'resource', 'scope', 'event', 'link', 'body'] as const;
export type Place = (typeof PLACES)[number];

/** Where `any` looks. */
export const ANY_PLACES: Readonly<Record<QueryTarget, readonly Place[]>> = {
  logs: ['attributes', 'resource', 'scope'],
  spans: ['attributes', 'resource', 'scope', 'event', 'link'],
};

/**
 * The record fields that are keywords, by the name of their field in the index. `scope` and `event` have other names there,
 * as those are objects of attributes.
 */
export const KEYWORD_COLUMNS = {
  service: 'service',
  traceId: 'traceId',
  spanId: 'spanId',
  parentSpanId: 'parentSpanId',
  correlationId: 'correlationId',
  scope: 'scopeName',
  eventName: 'eventName',
  name: 'name',
  kind: 'kind',
  status: 'status',
  event: 'spanEventNames',
  link: 'linkedTraceIds',
  errorGroup: 'errorGroups',
} as const satisfies Partial<Record<RecordField, string>>;
/** The keyword field of a log's template (see patterns/template-text.ts); a log without one lacks it. */
export const TEMPLATE_FIELD = 'template';
/** The keyword field of a span's batch (figures/figure-document.ts). */
export const FIGURE_BATCH_FIELD = 'figureBatch';
export type KeywordColumn = keyof typeof KEYWORD_COLUMNS;

const ERROR_NAMES = new ErrorNames();

/** The values of a keyword column in a record, none when the field is not there. What is the empty string is not there, but a name or a correlation id. */
export function columnValues(column: KeywordColumn, indexed: IndexedRecord): string[] {
  const { record } = indexed;
  const log = indexed.signal === 'logs' ? indexed.record : undefined;
  const span = indexed.signal === 'traces' ? indexed.record : undefined;
  switch (column) {
    case 'service':
      return present(indexed.service);
    case 'traceId':
      return present(record.traceId);
    case 'spanId':
      return present(record.spanId);
    case 'parentSpanId':
      return present(span?.parentSpanId);
    case 'correlationId':
      return indexed.correlationId === undefined ? [] : [indexed.correlationId];
    case 'scope':
      return present(record.scope.name);
    case 'eventName':
      return present(log?.eventName);
    case 'name':
      return span ? [span.name] : [];
    case 'kind':
      return span ? present(SPAN_KINDS[span.kind ?? 0]) : [];
    case 'status':
      return span ? present(SPAN_STATUSES[span.status?.code ?? 0]) : [];
    case 'event':
      return eventNames(span?.events);
    case 'link':
      return linkedTraceIds(span?.links);
    case 'errorGroup':
      return errorGroups(exceptionsOf(indexed));
  }
}

/** The column `event`. */
export function eventNames(events: readonly SpanEvent[] = []): string[] {
  return events.flatMap(({ name }) => present(name));
}

/** The column `link`. */
export function linkedTraceIds(links: readonly SpanLink[] = []): string[] {
  return links.flatMap(({ traceId }) => present(traceId));
}

/** The column `errorGroup`. */
export function errorGroups(exceptions: readonly Exception[]): string[] {
  return ERROR_NAMES.fingerprintsOf(exceptions);
}

/** The attribute values of a record in one place. */
export function leavesAt(place: Place, { signal, record }: IndexedRecord): AttributeLeaf[] {
  const log = signal === 'logs' ? record : undefined;
  const span = signal === 'traces' ? record : undefined;
  switch (place) {
    case 'attributes':
      return attributeLeaves(record.attributes);
    case 'resource':
      return attributeLeaves(record.resource.attributes);
    case 'scope':
      return attributeLeaves(record.scope.attributes);
    case 'event':
      return leavesOfEach(span?.events);
    case 'link':
      return leavesOfEach(span?.links);
    case 'body':
      return bodyLeaves(log?.body);
  }
}

/** A log's observed time as the index holds it; undefined where the sender gave none. */
export function observedNanos(indexed: IndexedRecord): bigint | undefined {
  if (indexed.signal !== 'logs' || indexed.record.observedTimeUnixNano === '0') return undefined;
  return clampNanos(BigInt(indexed.record.observedTimeUnixNano));
}

/** The last instant that the index holds, for all times beyond it. */
export function clampNanos(nanos: bigint): bigint {
  return nanos > MAX_INDEX_TIME_NANOS ? MAX_INDEX_TIME_NANOS : nanos;
}

/** Of all events or links of a span. */
export function leavesOfEach(lists: readonly { readonly attributes: KeyValue[] }[] = []): AttributeLeaf[] {
  return lists.flatMap((list) => attributeLeaves(list.attributes));
}

/** The values of a column that is not there when it is empty. */
export function present(value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : [value];
}
