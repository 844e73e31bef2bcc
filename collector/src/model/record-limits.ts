import type { AnyValue, EntityRef, KeyValue, OtlpLogRecord, OtlpSpan, Resource, Scope, SpanEvent, SpanLink } from '../api/index.ts';
import { LIMITS } from '../otlp/limits.ts';
import {
  attributeBytes,
  attributesBytes,
  base64Bytes,
  exactTextBytes,
  maxTextBytes,
  type TextMeasure,
  valueBytes,
} from './content-size.ts';
import { type Cuts, cutBase64, cutText } from './value-limits.ts';

/** Ids, times and numbers of a record, event or link: generously what protobuf needs for them. */
const FIXED_BYTES = 64;

/** Cuts a log record to `LIMITS`, in place: attributes and names first, then the body, then attributes from the end. */
export function cutLog(log: OtlpLogRecord, cuts: Cuts): void {
  cuts.attributes(log.attributes, 'attributes');
  if (log.severityText !== undefined) log.severityText = cuts.text(log.severityText, 'severityText');
  if (log.eventName !== undefined) log.eventName = cuts.text(log.eventName, 'eventName');
  if (log.body !== undefined) cuts.body(log.body);
  if (logBytes(log, maxTextBytes) <= LIMITS.recordBytes) return;
  const total = logBytes(log, exactTextBytes);
  if (total <= LIMITS.recordBytes) return;
  let over = total - LIMITS.recordBytes;
  if (log.body !== undefined) {
    const before = valueBytes(log.body, exactTextBytes);
    cuts.mark('body', 'recordBytes', scalarBytes(log.body) ?? before);
    log.body = fitValue(log.body, Math.max(0, before - over));
    over -= before - valueBytes(log.body, exactTextBytes);
  }
  dropAttributes(log.attributes, over, cuts, 'attributes');
}

/** Cuts a span to `LIMITS`, in place: values first, then events, links and attributes from their ends. */
export function cutSpan(span: OtlpSpan, cuts: Cuts): void {
  span.name = cuts.text(span.name, 'name');
  cuts.attributes(span.attributes, 'attributes');
  if (span.traceState !== undefined) span.traceState = cuts.text(span.traceState, 'traceState');
  if (span.status?.message !== undefined) span.status.message = cuts.text(span.status.message, 'status.message');
  for (const [index, event] of (span.events ?? []).entries()) {
    cuts.attributes(event.attributes, `events[${index}].attributes`);
    if (event.name !== undefined) event.name = cuts.text(event.name, `events[${index}].name`);
  }
  for (const [index, link] of (span.links ?? []).entries()) {
    cuts.attributes(link.attributes, `links[${index}].attributes`);
    if (link.traceState !== undefined) link.traceState = cuts.text(link.traceState, `links[${index}].traceState`);
  }
  if (spanBytes(span, maxTextBytes) <= LIMITS.recordBytes) return;
  let over = spanBytes(span, exactTextBytes) - LIMITS.recordBytes;
  over -= dropFromEnd(span.events ?? [], over, { cuts, path: 'events', sizeOf: (event) => eventBytes(event, exactTextBytes) });
  over -= dropFromEnd(span.links ?? [], over, { cuts, path: 'links', sizeOf: (link) => linkBytes(link, exactTextBytes) });
  dropAttributes(span.attributes, over, cuts, 'attributes');
}

/** Cuts what records share, in place. A resource is as large as a record at most, since storage has it with each of them. */
export function cutResource(resource: Resource, cuts: Cuts): void {
  cuts.attributes(resource.attributes, 'resource.attributes');
  if (resource.schemaUrl !== undefined) resource.schemaUrl = cuts.text(resource.schemaUrl, 'resource.schemaUrl');
  if (resourceBytes(resource, maxTextBytes) <= LIMITS.recordBytes) return;
  let over = resourceBytes(resource, exactTextBytes) - LIMITS.recordBytes;
  over -= dropFromEnd(resource.entityRefs ?? [], over, {
    cuts,
    path: 'resource.entityRefs',
    sizeOf: (ref) => entityRefBytes(ref, exactTextBytes),
  });
  dropAttributes(resource.attributes, over, cuts, 'resource.attributes');
}

/** As `cutResource`. */
export function cutScope(scope: Scope, cuts: Cuts): void {
  cuts.attributes(scope.attributes, 'scope.attributes');
  if (scope.name !== undefined) scope.name = cuts.text(scope.name, 'scope.name');
  if (scope.version !== undefined) scope.version = cuts.text(scope.version, 'scope.version');
  if (scope.schemaUrl !== undefined) scope.schemaUrl = cuts.text(scope.schemaUrl, 'scope.schemaUrl');
  if (scopeBytes(scope, maxTextBytes) <= LIMITS.recordBytes) return;
  dropAttributes(scope.attributes, scopeBytes(scope, exactTextBytes) - LIMITS.recordBytes, cuts, 'scope.attributes');
}

export function resourceBytes(resource: Resource, measure: TextMeasure): number {
  const refs = (resource.entityRefs ?? []).reduce((sum, ref) => sum + entityRefBytes(ref, measure), 0);
  return FIXED_BYTES + attributesBytes(resource.attributes, measure) + measure(resource.schemaUrl ?? '') + refs;
}

export function scopeBytes(scope: Scope, measure: TextMeasure): number {
  const texts = measure(scope.name ?? '') + measure(scope.version ?? '') + measure(scope.schemaUrl ?? '');
  return FIXED_BYTES + attributesBytes(scope.attributes, measure) + texts;
}

function logBytes(log: OtlpLogRecord, measure: TextMeasure): number {
  const texts = measure(log.severityText ?? '') + measure(log.eventName ?? '');
  return FIXED_BYTES + texts + attributesBytes(log.attributes, measure) + valueBytes(log.body, measure);
}

function spanBytes(span: OtlpSpan, measure: TextMeasure): number {
  let sum = FIXED_BYTES + measure(span.name) + measure(span.traceState ?? '') + measure(span.status?.message ?? '');
  sum += attributesBytes(span.attributes, measure);
  for (const event of span.events ?? []) sum += eventBytes(event, measure);
  for (const link of span.links ?? []) sum += linkBytes(link, measure);
  return sum;
}

function eventBytes(event: SpanEvent, measure: TextMeasure): number {
  return FIXED_BYTES + measure(event.name ?? '') + attributesBytes(event.attributes, measure);
}

function linkBytes(link: SpanLink, measure: TextMeasure): number {
  return FIXED_BYTES + measure(link.traceId) + measure(link.traceState ?? '') + attributesBytes(link.attributes, measure);
}

function entityRefBytes(ref: EntityRef, measure: TextMeasure): number {
  const keys = [...(ref.idKeys ?? []), ...(ref.descriptionKeys ?? [])];
  return keys.reduce((sum, key) => sum + measure(key) + 2, FIXED_BYTES + measure(ref.schemaUrl ?? '') + measure(ref.type ?? ''));
}

/** The bytes of a text or bytes alone, which is what its sender knows of it. */
function scalarBytes(value: AnyValue): number | undefined {
  if (value.stringValue !== undefined) return exactTextBytes(value.stringValue);
  return value.bytesValue === undefined ? undefined : base64Bytes(value.bytesValue);
}

/** As much of a value as fits: a text's or bytes' beginning, an array's or a map's first elements, the last of them cut likewise. */
function fitValue(value: AnyValue, budget: number): AnyValue {
  const room = Math.max(0, budget - 2);
  if (value.stringValue !== undefined) return { stringValue: cutText(value.stringValue, room) };
  if (value.bytesValue !== undefined) return { bytesValue: cutBase64(value.bytesValue, room) };
  if (value.arrayValue) return { arrayValue: { values: fitList(value.arrayValue.values, room, fitElement) } };
  if (value.kvlistValue) return { kvlistValue: { values: fitList(value.kvlistValue.values, room, fitEntry) } };
  return value;
}

interface Fitted<T> {
  readonly whole: number;
  readonly cut: (room: number) => T | undefined;
}

function fitElement(value: AnyValue): Fitted<AnyValue> {
  return { whole: valueBytes(value, exactTextBytes), cut: (room) => (isCuttable(value) && room > 2 ? fitValue(value, room) : undefined) };
}

function fitEntry(entry: KeyValue): Fitted<KeyValue> {
  const keyBytes = 2 + exactTextBytes(entry.key);
  return {
    whole: attributeBytes(entry, exactTextBytes),
    cut: (room) =>
      entry.value && isCuttable(entry.value) && room > keyBytes + 2
        ? { key: entry.key, value: fitValue(entry.value, room - keyBytes) }
        : undefined,
  };
}

function isCuttable(value: AnyValue): boolean {
  return (
    value.stringValue !== undefined || value.bytesValue !== undefined || value.arrayValue !== undefined || value.kvlistValue !== undefined
  );
}

function fitList<T>(elements: readonly T[], budget: number, fit: (element: T) => Fitted<T>): T[] {
  const kept: T[] = [];
  let room = budget;
  for (const element of elements) {
    const { whole, cut } = fit(element);
    if (whole > room) {
      const part = cut(room);
      if (part !== undefined) kept.push(part);
      break;
    }
    kept.push(element);
    room -= whole;
  }
  return kept;
}

interface DropOptions<T> {
  readonly cuts: Cuts;
  readonly path: string;
  readonly sizeOf: (element: T) => number;
}

function dropAttributes(attributes: KeyValue[], over: number, cuts: Cuts, path: string): void {
  dropFromEnd(attributes, over, { cuts, path, sizeOf: (attribute) => attributeBytes(attribute, exactTextBytes) });
}

/** Drops elements from the end until `over` bytes are gone, in place; answers with the bytes that are. */
function dropFromEnd<T>(elements: T[], over: number, { cuts, path, sizeOf }: DropOptions<T>): number {
  if (over <= 0 || elements.length === 0) return 0;
  const originalSize = elements.reduce((sum, element) => sum + sizeOf(element), 0);
  let dropped = 0;
  let count = elements.length;
  for (; count > 0 && dropped < over; count--) {
    const element = elements[count - 1];
    if (element !== undefined) dropped += sizeOf(element);
  }
  elements.length = count;
  cuts.mark(path, 'recordBytes', originalSize);
  return dropped;
}
