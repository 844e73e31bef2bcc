import { SPAN_STATUSES } from '@threadline/query-language';
import { MAX_INDEX_TIME_NANOS } from '../../../model/indexed-record.ts';
import type { IndexedLog, IndexedRecord, IndexedSpan } from '../../../model/record.ts';
import type { LogColumns, SpanColumns } from '../columns.ts';
import type { TokenWriter } from '../filter/token-writer.ts';
import { levelNumber } from '../record-fields.ts';
import { encodeWords } from '../words.ts';
import type { AttributeColumns } from './attribute-columns.ts';
import { type EncodedAttributes, encodeAttributes } from './attributes.ts';
import { requestToken, type SplitId, splitId } from './record-id.ts';
import { encodeBody, encodeParts } from './record-parts.ts';
import { logRest, spanRest } from './record-rest.ts';
import { SharedParts } from './shared-part.ts';

/** Makes rows of records, pushed onto columns, and writes their tokens. After an error some columns may have one row more than others; those of
 * attributes have none. */
export class RecordEncoder {
  readonly #tokens: TokenWriter;
  readonly #parts: SharedParts;
  readonly #attributes: AttributeColumns;
  /** Neighbours are mostly of one request: what was made of the last one's fits. */
  #arrival = { text: '', nanos: 0n };
  #request = { tenant: '', prefix: '', page: -1 };

  /** Values of attributes that have columns of their own go there at once. */
  constructor(tokens: TokenWriter, attributes: AttributeColumns) {
    this.#tokens = tokens;
    this.#attributes = attributes;
    this.#parts = new SharedParts(tokens);
  }

  /** Gives about how many bytes went to columns of attributes. */
  log(tenant: string, indexed: IndexedLog, out: LogColumns): number {
    const { level, record } = indexed;
    const tokens = this.#tokens;
    tokens.field('level', level);
    const attributes = encodeAttributes(record.attributes, tokens, this.#attributes);
    const body = encodeBody(record.body, tokens);
    const eventName = record.eventName ?? '';
    if (eventName !== '') tokens.field('eventName', eventName);
    const observed = record.observedTimeUnixNano === '0' ? 0n : clamped(BigInt(record.observedTimeUnixNano));
    this.#shared(tenant, indexed, body.words, out);
    out.attributes.push(attributes.text);
    out.level.push(levelNumber(level));
    out.observed_nanos.push(observed);
    out.event_name.push(eventName);
    out.body.push(body.leaves);
    out.message.push(body.message);
    out.rest.push(logRest(indexed, { hasMessage: body.message !== '', composites: attributes.composites }));
    return this.#addValues(attributes);
  }

  /** As `log`. */
  span(tenant: string, indexed: IndexedSpan, out: SpanColumns): number {
    const { record, durationNanos, isRoot, isError } = indexed;
    const tokens = this.#tokens;
    const parent = record.parentSpanId ?? '';
    if (parent !== '') tokens.field('parentSpanId', parent);
    tokens.field('name', record.name);
    const attributes = encodeAttributes(record.attributes, tokens, this.#attributes);
    const parts = encodeParts(record, tokens);
    const status = record.status?.code ?? 0;
    const statusName = SPAN_STATUSES[status];
    if (statusName !== undefined) tokens.field('status', statusName);
    const bounds = exactBounds(indexed);
    this.#shared(tenant, indexed, encodeWords(record.name, record.name.isWellFormed() ? record.name : '', tokens), out);
    out.attributes.push(attributes.text);
    out.parent_span_id.push(parent);
    out.name.push(record.name);
    out.kind.push(record.kind ?? 0);
    out.status.push(status);
    out.duration_nanos.push(durationNanos);
    out.is_root.push(isRoot ? 1 : 0);
    out.is_error.push(isError ? 1 : 0);
    out.exact_bounds.push(bounds);
    out.event_names.push(parts.event_names);
    out.link_traces.push(parts.link_traces);
    out.event_attributes.push(parts.event_attributes);
    out.link_attributes.push(parts.link_attributes);
    out.rest.push(spanRest(indexed, attributes.composites));
    return this.#addValues(attributes);
  }

  /** After all that can fail. */
  #addValues({ values }: EncodedAttributes): number {
    let bytes = 0;
    for (const { column, text } of values) bytes += column.addText(text, this.#tokens.page);
    return bytes;
  }

  #shared(tenant: string, indexed: IndexedRecord, words: string, out: LogColumns | SpanColumns): void {
    const { record, service } = indexed;
    const tokens = this.#tokens;
    const id = splitId(indexed.id);
    this.#writeRequest(tenant, id);
    const resource = this.#parts.of(record.resource);
    const scope = this.#parts.of(record.scope);
    const traceId = record.traceId ?? '';
    const spanId = record.spanId ?? '';
    const scopeName = record.scope.name ?? '';
    if (service !== '') tokens.field('service', service);
    if (traceId !== '') tokens.field('traceId', traceId);
    if (spanId !== '') tokens.field('spanId', spanId);
    if (scopeName !== '') tokens.field('scope', scopeName);
    out.tenant.push(tenant);
    out.time_nanos.push(indexed.timeNanos);
    out.sequence.push(indexed.sequence);
    out.id_prefix.push(id.prefix);
    out.id_index.push(id.index);
    out.service.push(service);
    out.trace_id.push(traceId);
    out.span_id.push(spanId);
    out.scope.push(scopeName);
    out.words.push(words);
    out.resource.push(resource.leaves);
    out.scope_attributes.push(scope.leaves);
    out.arrival_nanos.push(this.#arrivalNanos(record.arrivalTimeUnixNano));
    out.resource_json.push(resource.json);
    out.scope_json.push(scope.json);
  }

  #writeRequest(tenant: string, id: SplitId): void {
    const last = this.#request;
    const { page } = this.#tokens;
    if (last.prefix === id.prefix && last.tenant === tenant && last.page === page) return;
    this.#request = { tenant, prefix: id.prefix, page };
    const { high, low } = requestToken(tenant, id);
    this.#tokens.add(high, low);
  }

  #arrivalNanos(text: string): bigint {
    if (this.#arrival.text !== text) this.#arrival = { text, nanos: clamped(BigInt(text)) };
    return this.#arrival.nanos;
  }
}

/** Empty where the time is the start, and the time and the duration are the end. */
function exactBounds({ record, timeNanos, durationNanos }: IndexedSpan): string {
  const start = BigInt(record.startTimeUnixNano === '0' ? record.arrivalTimeUnixNano : record.startTimeUnixNano);
  const sent = BigInt(record.endTimeUnixNano);
  const end = sent > start ? sent : start;
  return start === timeNanos && end === timeNanos + durationNanos ? '' : `${start}-${end}`;
}

function clamped(nanos: bigint): bigint {
  return nanos > MAX_INDEX_TIME_NANOS ? MAX_INDEX_TIME_NANOS : nanos;
}
