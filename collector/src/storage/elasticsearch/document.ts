import type { Resource, Scope } from '../../api/index.ts';
import { attributeLeaves } from '../../model/attribute-leaves.ts';
import type { IndexedRecord } from '../../model/record.ts';
import { NO_TEMPLATE, type TemplateText } from '../patterns/template-text.ts';
import { isHashed, textTerm, wellFormed } from './attribute-terms.ts';
import {
  clampNanos,
  columnValues,
  FIGURE_BATCH_FIELD,
  KEYWORD_COLUMNS,
  type KeywordColumn,
  leavesAt,
  observedNanos,
  PLACES,
  type Place,
  TEMPLATE_FIELD,
} from './columns.ts';
import { formatNanos } from './nanosecond-time.ts';
import { type EncodedPlace, encodePlace, placeMember } from './place-encoding.ts';
import { exactEnd } from './span-times.ts';

/**
 * How much of a record is indexed. `full` is the rule. Should Elasticsearch refuse a document, it gets less: `untyped` leaves out
 * the typed fields, by which no query of the collector is answered; `bare` all attributes, and is flagged.
 */
export const DOCUMENT_FORMS = ['full', 'untyped', 'bare'] as const;
export type DocumentForm = (typeof DOCUMENT_FORMS)[number];

/** In the order of `KEYWORD_COLUMNS`: those that a record of the signal can have. */
const COLUMNS: Readonly<Record<IndexedRecord['signal'], readonly KeywordColumn[]>> = {
  logs: ['service', 'traceId', 'spanId', 'correlationId', 'scope', 'eventName', 'errorGroup'],
  traces: [
    'service',
    'traceId',
    'spanId',
    'parentSpanId',
    'correlationId',
    'scope',
    'name',
    'kind',
    'status',
    'event',
    'link',
    'errorGroup',
  ],
};
/** What all records of a request share, encoded once: requests come with hundreds of records of one resource. */
const SHARED = { full: new WeakMap<Resource | Scope, EncodedPlace>(), untyped: new WeakMap<Resource | Scope, EncodedPlace>() };
const QUOTED = new WeakMap<Resource | Scope, string>();

/** What a document has beside its record. */
export interface DocumentExtras {
  /** Of a log. */
  readonly template?: TemplateText;
  /** The batch that its figures are counted in. */
  readonly figureBatch?: string | undefined;
}

/**
 * A record, and a log's template, as one line of JSON to index (see index-template.ts for its fields). `recordText` is the exact record as JSON text in a
 * JSON string, so that nothing in it (a key's length, a depth, half a surrogate pair) is Elasticsearch's to judge.
 * Written by hand: integers beyond 2^53 keep every digit, which JSON.stringify has no way for, and this is where an Elasticsearch collector
 * spends most of its time.
 */
export function encodeDocument(
  indexed: IndexedRecord,
  form: DocumentForm,
  { template = NO_TEMPLATE, figureBatch }: DocumentExtras = {},
): string {
  const hashed: string[] = [];
  let json = `{"@timestamp":"${formatNanos(indexed.timeNanos)}","sequence":"${indexed.sequence}","recordId":${JSON.stringify(indexed.id)}`;
  if (indexed.timeClamped) json += ',"timeClamped":true';
  if (form === 'bare') json += ',"indexReduced":true';
  if (indexed.message !== undefined) json += `,"message":${JSON.stringify(wellFormed(indexed.message))},"hasMessage":true`;
  json += templateField(template);
  json += signalFields(indexed);
  for (const column of COLUMNS[indexed.signal]) {
    const values = columnValues(column, indexed);
    json += columnMember(column, values);
    if (values.some(isHashed)) hashed.push(KEYWORD_COLUMNS[column]);
  }
  if (form !== 'bare') {
    for (const place of PLACES) {
      const encoded = encode(place, indexed, form);
      json += placeMember(encoded);
      if (encoded.hashed.length > 0) hashed.push(...encoded.hashed);
    }
  }
  if (hashed.length > 0) json += `,"hashed":${JSON.stringify(hashed)}`;
  return `${json}${figureBatchField(figureBatch)},"recordText":${recordText(indexed.record)}}`;
}

/** The member of a keyword column, with a comma before it; nothing for no values. */
export function columnMember(column: KeywordColumn, values: readonly string[]): string {
  const [first] = values;
  if (first === undefined) return '';
  return `,"${KEYWORD_COLUMNS[column]}":${values.length === 1 ? JSON.stringify(textTerm(first)) : JSON.stringify(values.map(textTerm))}`;
}

/** The member of a log's template, with a comma before it; nothing for one that has none. */
export function templateField(template: TemplateText): string {
  return template === NO_TEMPLATE ? '' : `,"${TEMPLATE_FIELD}":${JSON.stringify(template)}`;
}

/** The member of a record's batch, with a comma before it; nothing for a record that has none. */
export function figureBatchField(figureBatch: string | undefined): string {
  return figureBatch === undefined ? '' : `,"${FIGURE_BATCH_FIELD}":${JSON.stringify(figureBatch)}`;
}

/** The record as JSON text, as a JSON string. */
function recordText(record: IndexedRecord['record']): string {
  const { resource, scope } = record;
  const own = JSON.stringify(JSON.stringify({ ...record, resource: undefined, scope: undefined }));
  // It ends with a brace and a quote; a record always has members of its own.
  return `${own.slice(0, -2)},\\"resource\\":${quotedShared(resource)},\\"scope\\":${quotedShared(scope)}}"`;
}

/** A record's resource or scope as it stands in `recordText`. */
export function quotedShared(shared: Resource | Scope): string {
  const known = QUOTED.get(shared);
  if (known !== undefined) return known;
  const quoted = JSON.stringify(JSON.stringify(shared)).slice(1, -1);
  QUOTED.set(shared, quoted);
  return quoted;
}

function signalFields(indexed: IndexedRecord): string {
  if (indexed.signal === 'logs') {
    const observed = observedNanos(indexed);
    return `,"level":"${indexed.level}"${observed === undefined ? '' : `,"observedTime":"${observed}"`}`;
  }
  const { durationNanos, isRoot, isError, record } = indexed;
  const end = clampNanos(exactEnd(record));
  return `,"durationNanos":"${durationNanos}","endNanos":"${end}","kindNumber":${record.kind ?? 0},"isRoot":${isRoot},"isError":${isError}`;
}

/** The places `resource` and `scope` of a document in full, as members with a comma before each; what of them is hashed. */
export function encodeSharedPlaces(resource: Resource, scope: Scope): EncodedPlace {
  const places = [encodeShared('resource', resource, 'full'), encodeShared('scope', scope, 'full')];
  return {
    json: places.map(placeMember).join(''),
    hashed: places.flatMap(({ hashed }) => hashed),
  };
}

function encode(place: Place, indexed: IndexedRecord, form: 'full' | 'untyped'): EncodedPlace {
  if (place === 'resource' || place === 'scope') return encodeShared(place, indexed.record[place], form);
  return encodePlace(place, leavesAt(place, indexed), { isTyped: form === 'full' });
}

function encodeShared(place: 'resource' | 'scope', shared: Resource | Scope, form: 'full' | 'untyped'): EncodedPlace {
  const known = SHARED[form].get(shared);
  if (known) return known;
  const encoded = encodePlace(place, attributeLeaves(shared.attributes), { isTyped: form === 'full' });
  SHARED[form].set(shared, encoded);
  return encoded;
}
