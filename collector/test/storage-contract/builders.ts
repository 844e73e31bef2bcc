import type { LogRecord, Span } from '../../src/api/index.ts';
import { indexLog, indexSpan } from '../../src/model/indexed-record.ts';
import type { IndexedLog, IndexedSpan } from '../../src/model/record.ts';
import { attributes } from './values.ts';

/** 2026-11-20T10:00:00Z: what fixtures count their times from. */
export const BASE_NANOS = 1_795_168_800_000_000_000n;
export const SECOND_NANOS = 1_000_000_000n;

/** Times of fixtures: so many seconds after the base, as OTLP/JSON writes it. */
export function at(seconds: number, nanos = 0n): string {
  return String(BASE_NANOS + BigInt(Math.round(seconds * 1_000)) * 1_000_000n + nanos);
}

type Optional<T> = { readonly [K in keyof T]?: T[K] };

/** A log record with everything that a test does not name at a plain value; its resource is the service `shop`. */
export function buildLog(id: string, fields: Optional<LogRecord> & { readonly service?: string } = {}): IndexedLog {
  const { service = 'shop', ...rest } = fields;
  return indexLog({
    timeUnixNano: at(0),
    observedTimeUnixNano: '0',
    arrivalTimeUnixNano: at(3_600),
    attributes: [],
    resource: { attributes: service === '' ? [] : attributes({ 'service.name': service }) },
    scope: { attributes: [] },
    ...rest,
    id,
  });
}

/** A span of one second with everything that a test does not name at a plain value; its ids come from its own id. */
export function buildSpan(id: string, fields: Optional<Span> & { readonly service?: string; readonly seconds?: number } = {}): IndexedSpan {
  const { service = 'shop', seconds = 1, ...rest } = fields;
  const start = rest.startTimeUnixNano ?? at(0);
  return indexSpan({
    traceId: hexId(`trace of ${id}`, 32),
    spanId: hexId(id, 16),
    name: id,
    startTimeUnixNano: start,
    endTimeUnixNano: String(BigInt(start) + BigInt(Math.round(seconds * 1_000_000_000))),
    arrivalTimeUnixNano: at(3_600),
    attributes: [],
    resource: { attributes: service === '' ? [] : attributes({ 'service.name': service }) },
    scope: { attributes: [] },
    ...rest,
    id,
  });
}

/** A hex id of so many digits that depends on the name alone, never all zero (FNV-1a, repeated over a counter). */
export function hexId(name: string, digits: 16 | 32): string {
  let id = '';
  for (let round = 1; id.length < digits; round += 1) {
    let hash = 0x811c9dc5 ^ round;
    for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    id += hash.toString(16).padStart(8, '0');
  }
  return id;
}
